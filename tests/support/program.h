// Program: runs one of our programs and takes what it says.
//
// Lifetime  ends its process when it goes.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/support/spawned.h"

namespace holdfast {

struct Ended {
    int status;  // or minus the signal that killed it
    std::string out, err;
};

class Program {
public:
    explicit Program(std::vector<std::string> arguments) {
        int out[2] = {-1, -1};
        EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
        EXPECT_NE(err_ = ::memfd_create("err", MFD_CLOEXEC), -1);
        process_ = spawned(std::move(arguments), {{out[1], STDOUT_FILENO}, {err_, STDERR_FILENO}});
        ::close(out[1]);
        out_ = out[0];
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() {
        if (process_ > 0) ::kill(process_, SIGKILL), ::waitpid(process_, nullptr, 0);
        ::close(out_), ::close(err_);
    }

    void signal(int number) const { ::kill(process_, number); }
    std::string first_letter() const {  // waits for it
        std::string letter(1, '\0');
        letter.resize(::read(out_, letter.data(), 1) == 1 ? 1 : 0);
        return letter;
    }
    Ended end() {
        Ended ended{0, rest_of(out_), {}};
        int status = 0;
        EXPECT_EQ(::waitpid(process_, &status, 0), process_);
        process_ = -1;
        ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        ::lseek(err_, 0, SEEK_SET);
        ended.err = rest_of(err_);
        return ended;
    }

private:
    static std::string rest_of(int file) {
        std::string text, piece(65'536, '\0');
        for (ssize_t got = 0; (got = ::read(file, piece.data(), piece.size())) > 0;)
            text.append(piece, 0, static_cast<std::size_t>(got));
        return text;
    }
    pid_t process_ = -1;
    int out_ = -1, err_ = -1;
};

}  // namespace holdfast
