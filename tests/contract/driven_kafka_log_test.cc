#include "tests/support/driven_kafka_log.h"

#include <array>

#include "tests/contract/event_log_contract.h"

namespace holdfast::kafka {
namespace {

// The brokers stay, and the process is another.
class Fixture {
public:
    Fixture() { open(); }
    DrivenKafkaLog& log() { return *log_; }
    void restart() {
        log_.reset();
        open();
    }

private:
    void open() {
        const std::array these{first_partition, second_partition, third_partition};
        log_ = std::make_unique<DrivenKafkaLog>(brokers_, std::vector(these.begin(), these.end()));
        for (const auto& owned : log_->own(these)) EXPECT_TRUE(owned) << owned.error().detail;
    }
    SimulatedBrokers brokers_{1};
    std::unique_ptr<DrivenKafkaLog> log_;
};

}  // namespace
}  // namespace holdfast::kafka

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(DrivenKafka, EventLogContract, kafka::Fixture);
// It belongs to one thread.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventLogOfThreads);
}  // namespace holdfast
