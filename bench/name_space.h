// NameSpace: the beginning of topics' names that nobody else uses.
//
// Lifetime  the topics whose names begin so are deleted when it goes.
// Errors    topics that cannot be deleted are named on the standard error.
#pragma once

#include <string>

namespace holdfast::bench {

class NameSpace {
public:
    static NameSpace on(const std::string& brokers);
    NameSpace(const NameSpace&) = delete;
    NameSpace& operator=(const NameSpace&) = delete;
    ~NameSpace();

    const std::string& name() const { return name_; }

private:
    NameSpace(std::string brokers, std::string name)
        : brokers_(std::move(brokers)), name_(std::move(name)) {}

    std::string brokers_, name_;
};

}  // namespace holdfast::bench
