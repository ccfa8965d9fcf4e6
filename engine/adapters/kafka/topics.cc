#include "engine/adapters/kafka/topics.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include <fmt/format.h>

#include "engine/domain/contexts.h"

namespace holdfast::kafka {
namespace {

using Event = Owned<rd_kafka_event_t>;
using Clock = std::chrono::steady_clock;

int milliseconds(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

// Asks as administrator, and waits for the answer.
template <class Ask>
std::expected<Event, Error> ask(const Client& client, const Settings& settings,
                                const std::string& doing, Ask ask) {
    const Queue answers(rd_kafka_queue_new(client.get()));
    const Owned<rd_kafka_AdminOptions_t> options(
        rd_kafka_AdminOptions_new(client.get(), RD_KAFKA_ADMIN_OP_ANY));
    char why[256];
    rd_kafka_AdminOptions_set_request_timeout(options.get(), milliseconds(settings.patience), why,
                                              sizeof why);
    ask(options.get(), answers.get());
    Event event(rd_kafka_queue_poll(answers.get(), milliseconds(2 * settings.patience)));
    if (!event) return std::unexpected(Error{Error::unavailable, doing + ": no answer"});
    if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        auto error = error_of(code, doing);
        error.detail = fmt::format("{}: {} ({})", doing, rd_kafka_event_error_string(event.get()),
                                   rd_kafka_err2name(code));
        return std::unexpected(std::move(error));
    }
    return event;
}

std::expected<void, Error> create(const Client& client, const Settings& settings,
                                  const TopicPlan& plan) {
    char why[512] = {};
    const Owned<rd_kafka_NewTopic_t> topic(
        rd_kafka_NewTopic_new(plan.name.c_str(), plan.partitions, plan.replicas, why, sizeof why));
    if (!topic)
        return std::unexpected(
            Error{Error::refused, fmt::format("topic {} cannot be made: {}", plan.name, why)});
    for (const auto* settings_of : {&plan.settings, &plan.at_first})
        for (const auto& [name, value] : *settings_of)
            rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
    const auto doing = "making topic " + plan.name;
    const auto event = ask(client, settings, doing, [&](auto* options, auto* answers) {
        auto* raw = topic.get();
        rd_kafka_CreateTopics(client.get(), &raw, 1, options, answers);
    });
    if (!event) return std::unexpected(event.error());
    std::size_t count = 0;
    const auto* answer = rd_kafka_event_CreateTopics_result(event->get());
    const auto* const* made = rd_kafka_CreateTopics_result_topics(answer, &count);
    const auto code = rd_kafka_topic_result_error(made[0]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return {};
    auto error = error_of(code, doing);
    if (const auto* words = rd_kafka_topic_result_error_string(made[0]))
        error.detail = fmt::format("{}: {} ({})", doing, words, rd_kafka_err2name(code));
    return std::unexpected(std::move(error));
}

std::expected<Owned<const rd_kafka_metadata_t>, Error> metadata_of(const Client& client,
                                                                   const Topic& topic,
                                                                   const Settings& settings,
                                                                   const std::string& name) {
    const rd_kafka_metadata_t* found = nullptr;
    const auto code =
        rd_kafka_metadata(client.get(), 0, topic.get(), &found, milliseconds(settings.patience));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(error_of(code, "asking for topic " + name));
    return Owned<const rd_kafka_metadata_t>(found);
}

Error no_topic(const Settings& settings, const std::string& name) {
    return {Error::refused, fmt::format("there is no topic {}, or a partition of it has no leader: "
                                        "is {} the namespace?",
                                        name, settings.name_space)};
}

// Whether each partition has a leader; another number of partitions than planned is refused.
std::expected<bool, Error> has_leaders(const Client& client, const Settings& settings,
                                       const TopicPlan& plan) {
    const auto topic = topic_of(client, plan.name);
    if (!topic) return std::unexpected(topic.error());
    const auto found = metadata_of(client, *topic, settings, plan.name);
    if (!found) return std::unexpected(found.error());
    const auto& told = (*found)->topics[0];
    if (told.err != RD_KAFKA_RESP_ERR_NO_ERROR || told.partition_cnt == 0) return false;
    if (told.partition_cnt != plan.partitions)
        return std::unexpected(
            Error{Error::refused,
                  fmt::format("topic {} has {} partitions, and {} are asked for: a key would be in "
                              "another one; start with {}, or with another namespace",
                              plan.name, told.partition_cnt, plan.partitions, told.partition_cnt)});
    return std::all_of(told.partitions, told.partitions + told.partition_cnt,
                       [](const auto& partition) { return partition.leader >= 0; });
}

// A number may also be larger: more replicas in sync, a larger message; and a lag smaller.
bool is_as_planned(std::string_view name, std::string_view found, std::string_view planned) {
    if (found == planned) return true;
    const bool may_be_less = name == "max.compaction.lag.ms";
    const bool may_be_more = name == "min.insync.replicas" || name == "max.message.bytes" ||
                             name == "delete.retention.ms";
    std::int64_t has = 0, needs = 0;
    std::from_chars(found.data(), found.data() + found.size(), has);
    std::from_chars(planned.data(), planned.data() + planned.size(), needs);
    return (may_be_more && has >= needs) || (may_be_less && has <= needs);
}

// False when the broker that was asked has not heard of the topic yet.
std::expected<bool, Error> is_sound(const Client& client, const Settings& settings,
                                    const TopicPlan& plan) {
    const Owned<rd_kafka_ConfigResource_t> of(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, plan.name.c_str()));
    const auto doing = "asking for the settings of topic " + plan.name;
    const auto event = ask(client, settings, doing, [&](auto* options, auto* answers) {
        auto* raw = of.get();
        rd_kafka_DescribeConfigs(client.get(), &raw, 1, options, answers);
    });
    if (!event) return std::unexpected(event.error());
    std::size_t count = 0;
    const auto* answer = rd_kafka_event_DescribeConfigs_result(event->get());
    const auto* const* resources = rd_kafka_DescribeConfigs_result_resources(answer, &count);
    const auto code = rd_kafka_ConfigResource_error(resources[0]);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return false;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(error_of(code, doing));
    const auto* const* entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto planned = plan.settings.find(rd_kafka_ConfigEntry_name(entries[i]));
        const auto* value = rd_kafka_ConfigEntry_value(entries[i]);
        if (planned == plan.settings.end() || !value) continue;
        if (!is_as_planned(planned->first, value, planned->second))
            return std::unexpected(Error{
                Error::refused,
                fmt::format("topic {} has {}={}, which loses what was acknowledged, refuses what "
                            "is to be, or keeps what is to be gone; set it to {}",
                            plan.name, planned->first, value, planned->second)});
    }
    return true;
}

// Asks until the answer is yes: what one broker has done the others hear of a little later.
template <class Ask>
std::expected<void, Error> wait_until(const Settings& settings, const std::string& what, Ask ask) {
    const auto until = Clock::now() + settings.patience;
    while (true) {
        const std::expected<bool, Error> done = ask();
        if (!done) return std::unexpected(done.error());
        if (*done) return {};
        if (Clock::now() > until)
            return std::unexpected(Error{Error::unavailable, what + ": not in time"});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

}  // namespace

std::expected<std::int32_t, Error> partitions_of(const Settings& settings) {
    const auto client = make_consumer(settings);
    if (!client) return std::unexpected(client.error());
    const auto name = events_topic(settings, Stock::name);
    const auto topic = topic_of(*client, name);
    if (!topic) return std::unexpected(topic.error());
    const auto found = metadata_of(*client, *topic, settings, name);
    if (!found) return std::unexpected(found.error());
    const auto& told = (*found)->topics[0];
    if (told.err == RD_KAFKA_RESP_ERR_NO_ERROR && told.partition_cnt != 0)
        return told.partition_cnt;
    return std::unexpected(no_topic(settings, name));
}

std::string events_topic(const Settings& settings, std::string_view context) {
    return fmt::format("{}.{}.events", settings.name_space, context);
}

TopicPlan events_plan(const Settings& settings, std::string_view context) {
    return {events_topic(settings, context),
            settings.partitions,
            settings.replicas,
            {{"cleanup.policy", "delete"},
             {"retention.ms", "-1"},
             {"retention.bytes", "-1"},
             {"min.insync.replicas", settings.replicas > 1 ? "2" : "1"},
             {"max.message.bytes", std::to_string(message_bytes_max)},
             {"unclean.leader.election.enable", "false"},
             {"compression.type", "producer"}}};
}

// A forgotten key is gone from the disks after a day. Who was away for a week begins anew.
TopicPlan keys_plan(const Settings& settings) {
    return {settings.name_space + ".keys",
            1,
            settings.replicas,
            {{"cleanup.policy", "compact"},
             {"max.compaction.lag.ms", "86400000"},
             {"min.compaction.lag.ms", "0"},
             {"delete.retention.ms", "604800000"},
             {"min.insync.replicas", settings.replicas > 1 ? "2" : "1"},
             {"unclean.leader.election.enable", "false"},
             {"compression.type", "producer"}}};
}

std::string feed_topic(const Settings& settings, Feed feed) {
    return fmt::format("{}.{}", settings.name_space,
                       feed == Feed::fulfillment ? "fulfillment" : "public-events");
}

// Its beginning may be deleted by hand; what time or size deleted could be the last message too.
TopicPlan feed_plan(const Settings& settings, Feed feed) {
    auto plan = events_plan(settings, {});
    plan.name = feed_topic(settings, feed);
    return plan;
}

std::string commands_topic(const Settings& settings, std::string_view context) {
    return fmt::format("{}.{}.commands", settings.name_space, context);
}

// By a producer's clock a message could be too old as it comes, and be deleted before it is read.
TopicPlan commands_plan(const Settings& settings, std::string_view context) {
    return {commands_topic(settings, context),
            settings.partitions,
            settings.replicas,
            {{"cleanup.policy", "delete"},
             {"message.timestamp.type", "LogAppendTime"},
             {"min.insync.replicas", settings.replicas > 1 ? "2" : "1"},
             {"max.message.bytes", std::to_string(command_bytes_max)},
             {"unclean.leader.election.enable", "false"}},
            {{"retention.ms", "604800000"}, {"retention.bytes", "-1"}}};
}

std::expected<void, Error> make_topic(const Client& client, const Settings& settings,
                                      const TopicPlan& plan) {
    if (auto made = create(client, settings, plan); !made) return made;
    const auto is_led = [&] { return has_leaders(client, settings, plan); };
    if (auto led = wait_until(settings, "a leader of each partition of " + plan.name, is_led); !led)
        return led;
    return wait_until(settings, "the settings of topic " + plan.name,
                      [&] { return is_sound(client, settings, plan); });
}

std::expected<void, Error> check_topic(const Client& client, const Settings& settings,
                                       const TopicPlan& plan) {
    const auto led = has_leaders(client, settings, plan);
    if (!led) return std::unexpected(led.error());
    if (*led) return {};
    return std::unexpected(no_topic(settings, plan.name));
}

}  // namespace holdfast::kafka
