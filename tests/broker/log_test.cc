#include "tests/broker/log.h"

#include <gtest/gtest.h>

#include "tests/contract/event_log_contract.h"

namespace holdfast::kafka {
namespace {

template <std::size_t recent_bytes> class Fixture {
public:
    static constexpr bool threads = true;
    Fixture() { open(); }
    KafkaLog& log() { return *log_; }
    void restart() {
        log_.reset();
        open();
    }

private:
    void open() {
        log_ = open_log(settings_);
        for (const auto at : {first_partition, second_partition, third_partition}) {
            const auto owned = log_->own(at);
            EXPECT_TRUE(owned) << owned.error().detail;
        }
    }
    static Settings next_settings() {
        static int count = 0;
        auto settings =
            settings_of("contract" + std::to_string(recent_bytes) + "-" + std::to_string(++count));
        settings.recent_bytes = recent_bytes;
        return settings;
    }
    Settings settings_ = next_settings();
    std::unique_ptr<KafkaLog> log_;
};

}  // namespace
}  // namespace holdfast::kafka

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, EventLogContract, kafka::Fixture<0>);
INSTANTIATE_TYPED_TEST_SUITE_P(KafkaInMemory, EventLogContract, kafka::Fixture<64 << 20>);
}  // namespace holdfast
