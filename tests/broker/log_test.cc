#include "tests/broker/log.h"

#include <gtest/gtest.h>

#include "tests/contract/event_log_contract.h"

namespace holdfast::kafka {
namespace {

// A log that keeps so much in memory; the rest is fetched.
class Keeping {
public:
    explicit Keeping(std::size_t recent_bytes) : settings_(next_settings(recent_bytes)) { open(); }
    KafkaLog& log() { return *log_; }
    void restart() {
        log_.reset();
        open();
    }

private:
    void open() {
        log_ = open_log(settings_);
        const std::array these{first_partition, second_partition, third_partition};
        for (const auto& owned : log_->own(these)) EXPECT_TRUE(owned) << owned.error().detail;
    }
    static Settings next_settings(std::size_t recent_bytes) {
        static int count = 0;
        auto settings = settings_of("contract-" + std::to_string(++count));
        settings.recent_bytes = recent_bytes;
        return settings;
    }
    Settings settings_;
    std::unique_ptr<KafkaLog> log_;
};

struct KeepingTheLatest : Keeping {
    KeepingTheLatest() : Keeping(0) {}
};
struct KeepingAll : Keeping {
    KeepingAll() : Keeping(std::size_t{1} << 30) {}
};

}  // namespace
}  // namespace holdfast::kafka

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, EventLogContract, kafka::KeepingTheLatest);
INSTANTIATE_TYPED_TEST_SUITE_P(KafkaInMemory, EventLogContract, kafka::KeepingAll);
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, EventLogOfThreads, kafka::KeepingTheLatest);
INSTANTIATE_TYPED_TEST_SUITE_P(KafkaInMemory, EventLogOfThreads, kafka::KeepingAll);
}  // namespace holdfast
