#include "bench/writers.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "engine/domain/partition.h"

namespace holdfast::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// One kept-alive connection, made when it is needed.
class Connection {
public:
    // The answer's status; nothing: what became of it is not known.
    std::optional<unsigned> write(std::uint16_t port, const std::string& request) {
        boost::system::error_code failed;
        if (!socket_) {
            socket_.emplace(context_);
            received_.clear();
            socket_->connect({asio::ip::address_v4::loopback(), port}, failed);
            if (!failed) socket_->set_option(asio::ip::tcp::no_delay(true), failed);
        }
        if (!failed) asio::write(*socket_, asio::buffer(request), failed);
        http::response_parser<http::string_body> parser;
        if (!failed) http::read(*socket_, received_, parser, failed);
        if (failed || !parser.get().keep_alive()) socket_.reset();
        if (failed || parser.get().result() == http::status::service_unavailable) return {};
        return parser.get().result_int();
    }

private:
    asio::io_context context_;
    std::optional<asio::ip::tcp::socket> socket_;
    boost::beast::flat_buffer received_;
};

// One that is sold from that partition.
std::string sku_in(std::uint16_t partition, std::uint16_t partitions) {
    for (int n = 0;; ++n)
        if (auto sku = "SKU-" + std::to_string(n); partition_of(sku, partitions) == partition)
            return sku;
}

std::string request_of(const std::string& sku, std::size_t number) {
    const std::string body = R"({"kind":"receive","location":"main","quantity":1})";
    return "POST /v1/skus/" + sku + "/movements HTTP/1.1\r\nHost: here\r\nIdempotency-Key: w" +
           std::to_string(number) + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace

Writers::Writers(const Ports& ports, std::uint16_t partitions) : ports_(ports) {
    for (std::uint16_t p = 0; p < partitions; ++p) {
        auto& writer = writers_.emplace_back();
        writer.sku = sku_in(p, partitions);
        writer.thread =
            std::jthread([this, &writer, first = p % ports_.size()](const std::stop_token& stop) {
                write_on(stop, writer, first);
            });
    }
}

void Writers::write_on(const std::stop_token& stop, Writer& writer, std::size_t engine) const {
    constexpr std::chrono::milliseconds pause{2};
    std::array<Connection, 2> connections;
    for (std::size_t number = 0; !stop.stop_requested(); ++number) {
        const auto request = request_of(writer.sku, number);
        // The same key until it is decided, so it is once.
        auto status = connections[engine].write(ports_[engine], request);
        for (; !status && !stop.stop_requested();
             status = connections[engine].write(ports_[engine], request)) {
            engine = 1 - engine;
            std::this_thread::sleep_for(pause);
        }
        if (status != 200U) continue;  // its partition does not know the location yet
        const std::lock_guard lock(writer.mutex);
        writer.answered.push_back(Steady::now());
    }
}

std::vector<std::uint32_t> Writers::longest_waits_us(Steady::time_point since) const {
    std::vector<std::uint32_t> waits;
    for (const auto& writer : writers_) {
        const std::lock_guard lock(writer.mutex);
        auto from = since;
        auto longest = Steady::duration::zero();
        for (auto at = std::ranges::upper_bound(writer.answered, since);
             at != writer.answered.end(); from = *at++)
            longest = std::max(longest, *at - from);
        waits.push_back(static_cast<std::uint32_t>(longest / std::chrono::microseconds(1)));
    }
    std::ranges::sort(waits, std::greater());
    return waits;
}

bool Writers::were_all_answered(Steady::time_point since) const {
    return std::ranges::all_of(writers_, [&](const auto& writer) {
        const std::lock_guard lock(writer.mutex);
        return !writer.answered.empty() && writer.answered.back() > since;
    });
}

std::size_t Writers::answers() const {
    std::size_t count = 0;
    for (const auto& writer : writers_) {
        const std::lock_guard lock(writer.mutex);
        count += writer.answered.size();
    }
    return count;
}

}  // namespace holdfast::bench
