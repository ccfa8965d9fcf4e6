// Lane: one I/O thread's context and the connections it serves.
//
// Threading  everything but close() and stop() happens on the lane's own thread.
// Limits     a deadline is noticed within `sweep_interval` after it passed.
#pragma once

#include <chrono>
#include <unordered_set>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "engine/http/message.h"

namespace holdfast::http {

using SteadyClock = std::chrono::steady_clock;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Timer =
    boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, Executor>;

constexpr std::chrono::milliseconds sweep_interval{50};

// What a lane can do to a connection: cut short what it waits for from its peer.
//
// A deadline is a time stamp that the lane looks at now and then. A timer for each wait (Beast's
// tcp_stream) closes the socket, so that 408 could not be answered, and costs more than the parser.
class Connection {
public:
    enum class Doing : std::uint8_t { waiting_for_a_request, talking, answering };

    explicit Connection(Socket socket) : socket_(std::move(socket)) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    void give_up_after(SteadyClock::duration time) { deadline_ = SteadyClock::now() + time; }
    void wait_for_ever() { deadline_ = SteadyClock::time_point::max(); }
    bool is_late(SteadyClock::time_point now) const { return deadline_ <= now; }
    void interrupt() {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }

    Doing doing = Doing::talking;

protected:
    Socket socket_;

private:
    SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
};

class Lane {
public:
    Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    boost::asio::io_context& context() { return context_; }
    void enter(Connection& connection) { connections_.insert(&connection); }
    void leave(Connection& connection) { connections_.erase(&connection); }

    void run();    // returns soon after close() when every connection has ended, or at stop()
    void close();  // any thread: idle connections end now, the others after their answer
    void stop();   // any thread: run() returns at once

private:
    Task<void> sweep();

    std::unordered_set<Connection*> connections_;  // outlives the sessions that context_ destroys
    bool closing_ = false;
    boost::asio::io_context context_{1};
};

}  // namespace holdfast::http
