// Names that the system takes its time to find: this program's getaddrinfo is not the library's.
#include <future>
#include <semaphore>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include "engine/adapters/web/http_peers.h"

namespace {

std::binary_semaphore looked_up(0), found(0);

}  // namespace

// Whoever looks up a name that begins so waits until it is found.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** list) {
    if (name != nullptr && std::string_view(name).starts_with("slow")) {
        looked_up.release();
        found.acquire();
        name = "127.0.0.1";
    }
    static const auto library =
        reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return library(name, service, hints, list);
}

namespace holdfast::web {
namespace {

using Told = std::future<std::expected<PeerAnswer, Error>>;

Told ask(HttpPeers& peers, const std::string& address) {
    const auto promise = std::make_shared<std::promise<std::expected<PeerAnswer, Error>>>();
    peers.ask(address, {{1, 0}, "x"},
              [promise](auto answer) { promise->set_value(std::move(answer)); });
    return promise->get_future();
}

void expect_not_reached(Told told) {
    ASSERT_EQ(told.wait_for(std::chrono::seconds(10)), std::future_status::ready);
    const auto answer = told.get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Error::conflict) << answer.error().detail;
}

TEST(SlowNames, hold_up_nobody_longer_than_a_connection_may_take) {
    Metrics metrics;
    HttpPeersSettings settings;
    settings.line.connect_time = std::chrono::milliseconds(50);
    HttpPeers peers(settings, metrics);
    auto slow = ask(peers, "slow.name:1");
    looked_up.acquire();
    auto behind = ask(peers, "slow.name:1"), other = ask(peers, "127.0.0.1:1");
    expect_not_reached(std::move(other));
    expect_not_reached(std::move(slow));
    expect_not_reached(std::move(behind));
    auto waits_for_its_turn = ask(peers, "localhost:1");
    expect_not_reached(std::move(waits_for_its_turn));
    found.release();
    EXPECT_EQ(
        metrics.counter("holdfast_commands_not_forwarded_total", "", {{"reason", "unreachable"}})
            .value(),
        4U);
}

}  // namespace
}  // namespace holdfast::web
