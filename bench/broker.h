// Broker: the Apache Kafka that a scenario measures on: one that runs already, or one of a single
// node that is started for it, with its data in a folder that goes with it.
//
// Lifetime  ends what it started when it goes, and so does the system when this process is killed.
// Threading the thread that made it is to outlive it: the started one ends with that thread.
// Errors    start() says why it does not answer.
#pragma once

#include "bench/child.h"

namespace holdfast::bench {

class Broker {
public:
    // Empty: one is started.
    static std::expected<Broker, Error> at(const std::string& brokers);
    const std::string& bootstrap() const { return bootstrap_; }

private:
    Broker(std::string bootstrap, std::unique_ptr<Child> child)
        : bootstrap_(std::move(bootstrap)), child_(std::move(child)) {}

    std::string bootstrap_;
    std::unique_ptr<Child> child_;  // null: it was there
};

}  // namespace holdfast::bench
