// The commands topics on a real broker: the contract of what reads them, and what becomes of topics
// that are not as they have to be.
#include "engine/adapters/kafka/commands.h"

#include "engine/adapters/kafka/topics.h"
#include "tests/broker/topic.h"
#include "tests/contract/command_source_contract.h"

namespace holdfast::kafka {
namespace {

class OnKafka {
public:
    OnKafka() : source_(open()) {}
    CommandSource& source() { return *source_; }
    void produce(PartitionId at, const CommandMessage& message) {
        kafka::produce(settings_, topic_of_number(settings_, at.context), at.partition, message);
    }
    void delete_below(PartitionId at, std::uint64_t offset) {
        delete_records(settings_, topic_of_number(settings_, at.context), at.partition,
                       static_cast<std::int64_t>(offset));
    }

private:
    std::unique_ptr<KafkaCommands> open() {
        static int count = 0;
        settings_ = settings_of("commands-" + std::to_string(++count));
        settings_.partitions = 2;
        auto opened = KafkaCommands::open(settings_);
        EXPECT_TRUE(opened) << opened.error().detail;
        return *std::move(opened);
    }
    Settings settings_;
    std::unique_ptr<KafkaCommands> source_;
};

TEST(CommandsTopics, are_refused_by_name_when_they_would_lose_or_misplace_commands) {
    auto settings = settings_of("refused");
    settings.partitions = 2;
    ASSERT_TRUE(KafkaCommands::open(settings));
    settings.partitions = 3;
    const auto short_of_one = KafkaCommands::open(settings);
    ASSERT_FALSE(short_of_one);
    EXPECT_EQ(short_of_one.error().code, Error::refused);
    EXPECT_NE(short_of_one.error().detail.find("refused.stock.commands has 2 partitions"),
              std::string::npos)
        << short_of_one.error().detail;

    settings.name_space = "by-producers-clock";
    auto plan = commands_plan(settings, "stock");
    plan.settings["message.timestamp.type"] = "CreateTime";
    const auto client = make_consumer(settings).value();
    ASSERT_TRUE(make_topic(client, settings, plan));
    const auto other_clock = KafkaCommands::open(settings);
    ASSERT_FALSE(other_clock);
    EXPECT_NE(other_clock.error().detail.find("message.timestamp.type=CreateTime"),
              std::string::npos)
        << other_clock.error().detail;
}

TEST(CommandsTopics, say_by_name_that_they_are_gone_and_go_on_when_they_are_back) {
    auto settings = settings_of("gone");
    settings.partitions = 1;
    settings.properties["topic.metadata.refresh.interval.ms"] = "500";
    const auto source = KafkaCommands::open(settings).value();
    const PartitionId at{1, 0};
    const auto topic = topic_of_number(settings, 1);
    ASSERT_TRUE(source->begin(at, 0));
    delete_topic(settings, topic);
    std::expected<std::optional<CommandMessage>, Error> taken;
    ASSERT_TRUE(eventually([&] {
        taken = source->take(at);
        return !taken;
    }));
    EXPECT_NE(taken.error().detail.find("gone.stock.commands, partition 0"), std::string::npos)
        << taken.error().detail;
    const auto client = make_consumer(settings).value();
    ASSERT_TRUE(make_topic(client, settings, commands_plan(settings, "stock")));
    produce(settings, topic, 0, {0, "key", {}, "back"});
    ASSERT_TRUE(eventually([&] {
        if (!taken) {
            EXPECT_TRUE(source->begin(at, 0));
        }
        taken = source->take(at);
        return taken && *taken;
    }));
    EXPECT_EQ((*taken)->value, "back");
}

TEST(CommandsTopics, are_read_on_behind_what_was_deleted_when_the_operator_says_so) {
    auto settings = settings_of("skipping");
    settings.partitions = 1;
    settings.skips_deleted_commands = true;
    const auto source = KafkaCommands::open(settings).value();
    const auto topic = topic_of_number(settings, 1);
    for (const std::string text : {"0", "1", "2"}) produce(settings, topic, 0, {0, "k", {}, text});
    delete_records(settings, topic, 0, 2);
    ASSERT_TRUE(source->begin({1, 0}, 0));
    std::expected<std::optional<CommandMessage>, Error> taken;
    ASSERT_TRUE(eventually([&] {
        taken = source->take({1, 0});
        return !taken || *taken;
    }));
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ((*taken)->offset, 2U);
}

}  // namespace
}  // namespace holdfast::kafka

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, CommandSourceContract, kafka::OnKafka);
}  // namespace holdfast
