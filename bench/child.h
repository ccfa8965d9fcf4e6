// Child: a program in a process of its own, and what it says on its standard output and error.
//
// Lifetime  ends its process when it goes, and waits for that.
// Errors    start(): refused when the program cannot be started.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "engine/ports/error.h"

namespace holdfast::bench {

class Child {
public:
    // The first of the arguments is the program's path.
    static std::expected<std::unique_ptr<Child>, Error> start(std::vector<std::string> arguments);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    // Reads on until a line has these words: what follows them on it. Nothing when the program ends
    // without having said so.
    std::optional<std::string> reads_behind(std::string_view words);
    const std::string& said() const { return said_; }
    pid_t process() const { return process_; }

private:
    Child(pid_t process, int output) : process_(process), output_(output) {}

    pid_t process_;
    int output_;
    std::string said_;
};

}  // namespace holdfast::bench
