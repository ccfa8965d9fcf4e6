#include "engine/adapters/kafka/group.h"

#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/topics.h"
#include "engine/domain/contexts.h"

namespace holdfast::kafka {

std::expected<std::unique_ptr<Group>, Error> Group::join(const Settings& settings, Metrics& metrics,
                                                         Told told) {
    std::unique_ptr<Group> group(new Group(group_of(settings), metrics, std::move(told)));
    auto client = make_member(settings, &Group::share, group.get());
    if (!client) return std::unexpected(client.error());
    group->client_ = *std::move(client);
    // One topic stands for those of all contexts, which have as many partitions.
    auto* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, events_topic(settings, Stock::name).c_str(),
                                      RD_KAFKA_PARTITION_UA);
    const auto code = rd_kafka_subscribe(group->client_.get(), topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(error_of(code, "joining the group of " + settings.name_space));
    group->thread_ = std::jthread([client = group->client_.get()](const std::stop_token& stop) {
        constexpr int slice_ms = 100;
        while (!stop.stop_requested()) {
            const Message said(rd_kafka_consumer_poll(client, slice_ms));
            if (said && said->err != RD_KAFKA_RESP_ERR_NO_ERROR)
                spdlog::warn("event=kafka_group says=\"{}\"", rd_kafka_message_errstr(said.get()));
        }
    });
    return group;
}

Group::~Group() { leave(); }

void Group::leave() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
    told_ = [](const auto&) {};  // what it had until now it leaves
    rd_kafka_consumer_close(client_.get());
}

bool Group::hand_over(std::chrono::milliseconds at_most) {
    constexpr std::chrono::milliseconds pause{5};
    leave();
    const auto until = std::chrono::steady_clock::now() + at_most;
    for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(pause)) {
        const auto found = state();
        if (found == "Stable") return true;
        if (found == "Empty" || found == "Dead") return false;
    }
    return true;
}

// Kafka's word for it; empty when the brokers do not say. All are asked, and one may be down.
std::string Group::state() const {
    constexpr int patience_ms = 500;
    const rd_kafka_group_list* found = nullptr;
    const auto code = rd_kafka_list_groups(client_.get(), name_.c_str(), &found, patience_ms);
    if (!found) return {};
    std::string state = code == RD_KAFKA_RESP_ERR_NO_ERROR ? "Dead" : "";  // there is no such
    if (found->group_cnt != 0) state = found->groups[0].state;
    rd_kafka_group_list_destroy(found);
    return state;
}

// Whatever the group says, nothing is read: librdkafka has only to know that it was heard. It takes
// no list for leaving, an empty one for reading nothing.
void Group::share(rd_kafka_t* client, rd_kafka_resp_err_t what,
                  rd_kafka_topic_partition_list_t* partitions, void* self) {
    auto& group = *static_cast<Group*>(self);
    if (what != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        const bool are_others = rd_kafka_assignment_lost(client) != 0;
        rd_kafka_assign(client, nullptr);
        if (!are_others) return;
        spdlog::warn("event=put_out_of_group why=\"the others did not hear of it in time\"");
        group.counted_.put_out.add();
        group.counted_.assigned.set(0);
        return group.told_({});
    }
    auto* const nothing = rd_kafka_topic_partition_list_new(0);
    rd_kafka_assign(client, nothing);
    rd_kafka_topic_partition_list_destroy(nothing);
    std::vector<std::uint16_t> numbers;
    std::string words;
    for (int i = 0; i < partitions->cnt; ++i) {
        numbers.push_back(static_cast<std::uint16_t>(partitions->elems[i].partition));
        words += (i == 0 ? "" : ",") + std::to_string(partitions->elems[i].partition);
    }
    spdlog::info("event=assigned partitions=\"{}\"", words);
    group.counted_.rebalances.add();
    group.counted_.assigned.set(partitions->cnt);
    group.told_(numbers);
}

}  // namespace holdfast::kafka
