#include "engine/http/server.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "engine/http/lane.h"
#include "engine/http/session.h"
#include "engine/http/tls.h"

namespace holdfast::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr std::uint32_t turned_away_max = 64;  // at a time; more than these are just closed
constexpr std::chrono::milliseconds pause_without_descriptors{100};

Error refused(std::string_view what, const error_code& error) {
    return Error{Error::refused, std::string(what) + ": " + error.message()};
}

}  // namespace

struct Server::Parts {
    Parts(ServerSettings settings, Answer answer, Metrics& metrics)
        : serving(std::move(settings), std::move(answer), metrics) {}

    error_code bind(const tcp::endpoint& at);
    Task<void> accept();
    void start(Socket socket, Lane& lane);
    void run_lane(Lane& lane);
    void end();

    Serving serving;
    std::deque<Lane> lanes = std::deque<Lane>(1);  // never moves one; the first one accepts
    Acceptor acceptor{lanes.front().context()};
    tcp::endpoint bound;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::condition_variable ended;
    std::size_t running = 0;
};

error_code Server::Parts::bind(const tcp::endpoint& at) {
    error_code error;
    acceptor.open(at.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(at, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) bound = acceptor.local_endpoint(error);
    return error;
}

Task<void> Server::Parts::accept() {
    Timer pause(lanes.front().context().get_executor());
    for (std::size_t next = 0;; next = (next + 1) % lanes.size()) {
        auto [error, socket] = co_await acceptor.async_accept(lanes[next].context(), as_result);
        if (!acceptor.is_open()) co_return;
        if (!error) {
            start(std::move(socket), lanes[next]);
        } else if (error != asio::error::connection_aborted) {  // no descriptors, no memory
            pause.expires_after(pause_without_descriptors);
            co_await pause.async_wait(as_result);
        }
    }
}

void Server::Parts::start(Socket socket, Lane& lane) {
    const auto now_open = serving.connections.fetch_add(1, std::memory_order_relaxed) + 1;
    const bool is_turned_away = now_open > serving.settings.connections_max;
    (is_turned_away ? serving.connections_turned_away : serving.connections_accepted).add();
    if (now_open > serving.settings.connections_max + turned_away_max) {
        serving.connections.fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    error_code ignored;  // a peer that has already gone
    socket.set_option(tcp::no_delay(true), ignored);
    asio::co_spawn(lane.context(), serve(std::move(socket), lane, serving, is_turned_away),
                   [](const std::exception_ptr& failure) { assert(!failure); });
}

void Server::Parts::run_lane(Lane& lane) {
    lane.run();
    const std::scoped_lock lock(mutex);
    --running;
    ended.notify_all();
}

// Whatever is under way.
void Server::Parts::end() {
    for (Lane& lane : lanes) lane.stop();
    for (std::thread& thread : threads) thread.join();
    threads.clear();
    error_code ignored;  // its lane may have been stopped before it came to that
    acceptor.close(ignored);
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() { parts_->end(); }

std::expected<std::unique_ptr<Server>, Error> Server::listen(ServerSettings settings, Answer answer,
                                                             Metrics& metrics) {
    error_code error;
    const auto address = asio::ip::make_address(settings.address, error);
    if (error) return std::unexpected(refused("address " + settings.address, error));
    const tcp::endpoint at(address, settings.port);
    auto parts = std::make_unique<Parts>(std::move(settings), std::move(answer), metrics);
    if (const auto& tls = parts->serving.settings.tls) {
        auto context = tls_context(*tls);
        if (!context) return std::unexpected(context.error());
        parts->serving.tls.emplace(std::move(*context));
    }
    error = parts->bind(at);
    if (error)
        return std::unexpected(refused(
            "listen on " + at.address().to_string() + ":" + std::to_string(at.port()), error));
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

std::uint16_t Server::port() const { return parts_->bound.port(); }
bool Server::is_loopback() const { return parts_->bound.address().is_loopback(); }

void Server::run(unsigned threads) {
    assert(threads > 0 && parts_->threads.empty());
    while (parts_->lanes.size() < threads) parts_->lanes.emplace_back();
    parts_->running = threads;
    asio::co_spawn(parts_->lanes.front().context(), parts_->accept(),
                   [](const std::exception_ptr& failure) { assert(!failure); });
    for (Lane& lane : parts_->lanes)
        parts_->threads.emplace_back([this, &lane] { parts_->run_lane(lane); });
}

void Server::stop(std::chrono::milliseconds grace) {
    parts_->serving.is_stopping = true;
    asio::post(parts_->lanes.front().context(), [this] {
        error_code ignored;
        parts_->acceptor.close(ignored);
    });
    for (Lane& lane : parts_->lanes) lane.close();
    std::unique_lock lock(parts_->mutex);
    parts_->ended.wait_for(lock, grace, [this] { return parts_->running == 0; });
    lock.unlock();
    parts_->end();
}

}  // namespace holdfast::http
