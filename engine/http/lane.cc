#include "engine/http/lane.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace holdfast::http {

namespace asio = boost::asio;

Lane::Lane() { asio::co_spawn(context_, sweep(), asio::detached); }

void Lane::run() { context_.run(); }

void Lane::close() {
    asio::post(context_, [this] {
        closing_ = true;
        for (Connection* connection : connections_)
            if (connection->doing == Connection::Doing::waiting_for_a_request)
                connection->interrupt();
    });
}

void Lane::stop() { context_.stop(); }

// Lives as long as the lane is open or has connections: that is what keeps run() running.
Task<void> Lane::sweep() {
    Timer timer(context_.get_executor());
    while (!closing_ || !connections_.empty()) {
        timer.expires_after(sweep_interval);
        co_await timer.async_wait(as_result);
        const auto now = SteadyClock::now();
        for (Connection* connection : connections_)
            if (connection->is_late(now)) connection->interrupt();
    }
}

}  // namespace holdfast::http
