// Group: which partitions this engine is to lead, as the engines of a namespace share them among
// themselves by their consumer group. It reads nothing; who writes where is decided by the log.
//
// Order      each assignment replaces the one before; while the group shares anew, the last holds.
//            Who was put out of the group has none.
// Lifetime   leaves the group when it goes, if it did not before: the others share at once what it
//            had. Goes before its Metrics.
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

    // Leaves the group, and waits until the others were given what it had, or so long: nothing is
    // told here any more. False: there are no others.
    bool hand_over(std::chrono::milliseconds at_most);

private:
    Group(std::string name, Metrics& metrics, Told told)
        : name_(std::move(name)), counted_(metrics), told_(std::move(told)) {}
    void leave();
    std::string state() const;
    static void share(rd_kafka_t* client, rd_kafka_resp_err_t what,
                      rd_kafka_topic_partition_list_t* partitions, void* self);

    const std::string name_;
    const GroupCounted counted_;
    Told told_;
    Client client_;
    std::jthread thread_;
};

}  // namespace holdfast::kafka
