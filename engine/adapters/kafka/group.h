// Group: which partitions this engine is to lead, as the engines of a namespace share them among
// themselves by their consumer group. It reads nothing; who writes where is decided by the log.
//
// Order      each assignment replaces the one before; while the group shares anew, the last holds.
//            Who was put out of the group has none.
// Lifetime   leaves the group when it goes: the others share at once what it had. Goes before its
//            Metrics.
// Threading  `told` is called by a thread of its own.
// Limits     an engine that stands still for longer than session.timeout.ms is out of the group,
//            and its partitions are led by others.
#pragma once

#include <functional>
#include <thread>

#include "engine/adapters/kafka/counted.h"
#include "engine/adapters/kafka/library.h"

namespace holdfast::kafka {

class Group {
public:
    using Told = std::function<void(const std::vector<std::uint16_t>& partitions)>;

    // Its topics are there.
    static std::expected<std::unique_ptr<Group>, Error> join(const Settings& settings,
                                                             Metrics& metrics, Told told);
    ~Group();
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

private:
    Group(Metrics& metrics, Told told) : counted_(metrics), told_(std::move(told)) {}
    static void share(rd_kafka_t* client, rd_kafka_resp_err_t what,
                      rd_kafka_topic_partition_list_t* partitions, void* self);

    const GroupCounted counted_;
    Told told_;
    Client client_;
    std::jthread thread_;
};

}  // namespace holdfast::kafka
