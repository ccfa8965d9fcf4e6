// Broker: a real Apache Kafka of one node or three on free loopback ports, for one test program.
//
// Lifetime   ends its processes when it goes, and so does the system when this process is killed.
// Threading  one thread, the one that made it: the nodes end with that thread.
// Errors     a cluster that does not start has no bootstrap(), and says why on the standard error.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace holdfast {

class Broker {
public:
    // `more`: arguments of deploy/kafka/cluster.py.
    explicit Broker(int nodes = 1, const std::vector<std::string>& more = {});
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    // "127.0.0.1:21000", with a comma before each further node.
    const std::string& bootstrap() const { return bootstrap_; }
    // The ports for who shows a password, over TLS, with --secure.
    const std::string& secure() const { return secure_; }

    // Nodes have the numbers 1 to `nodes`, which are also Kafka's ids of them.
    void kill(int node);   // -9
    void start(int node);  // a killed one; returns when it answers
    void pause(int node);  // its process stands still, its connections stay
    void resume(int node);

private:
    bool take_lines_until(const std::string& beginning);

    pid_t script_ = -1;
    int orders_ = -1, words_ = -1;
    std::map<int, pid_t> nodes_;
    std::string bootstrap_, secure_;
};

}  // namespace holdfast
