#include "bench/take_over.h"

#include <csignal>
#include <fstream>

#include "bench/engine_program.h"
#include "bench/load.h"
#include "bench/name_space.h"
#include "bench/writers.h"
#include "engine/domain/contexts.h"

namespace holdfast::bench {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

template <class IsSo> std::expected<void, Error> wait_until(IsSo is_so, const std::string& what) {
    constexpr std::chrono::seconds patience{60};
    for (const auto begun = Steady::now(); !is_so();) {
        if (Steady::now() - begun > patience)
            return std::unexpected(Error{Error::unavailable, what + " did not come true"});
        std::this_thread::sleep_for(milliseconds(10));
    }
    return {};
}

class Pair {
public:
    Pair(const TakeOverSettings& settings, const std::string& name_space) : settings_(settings) {
        std::filesystem::remove_all(settings.folder);
        std::filesystem::create_directories(settings.folder);
        const auto secret = [&](const std::string& name, char letter) {
            const auto path = settings.folder / name;
            std::ofstream(path) << std::string(64, letter);
            return path.string();
        };
        arguments_ = {"--brokers",
                      settings.brokers,
                      "--namespace",
                      name_space,
                      "--replicas",
                      "1",
                      "--partitions",
                      std::to_string(settings.partitions),
                      "--keys-secret-file",
                      secret("keys", '1'),
                      "--peers-secret-file",
                      secret("peers", 's'),
                      "--kafka",
                      "session.timeout.ms=" + std::to_string(settings.session_ms)};
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    ~Pair() {
        for (auto& engine : engines_) engine.reset();
        std::filesystem::remove_all(settings_.folder);
    }

    const Writers::Ports& ports() const { return ports_; }
    std::expected<void, Error> start(std::size_t which) {
        auto arguments = arguments_;
        if (const auto port = ports_[which].load())
            arguments.insert(arguments.end(), {"--listen", "127.0.0.1:" + std::to_string(port)});
        auto engine = EngineProgram::start(settings_.folder / std::to_string(which), arguments);
        if (!engine) return std::unexpected(engine.error());
        engines_[which] = *std::move(engine);
        ports_[which] = engines_[which]->port();
        return {};
    }
    // Returns at once.
    void signal(std::size_t which, int number) const { ::kill(engines_[which]->process(), number); }
    void forget(std::size_t which) { engines_[which].reset(); }  // waits for its end
    std::expected<void, Error> wait_until_both_lead() const {
        return wait_until(
            [this] {
                return std::ranges::all_of(ports_, [](const auto& port) { return is_ready(port); });
            },
            "that both engines lead their share");
    }

private:
    static bool is_ready(std::uint16_t port) {
        const Load load{port, 1, 1, [](std::size_t, std::string& to) {
                            to += "GET /readyz HTTP/1.1\r\nHost: here\r\n\r\n";
                        }};
        const auto answers = run(load);
        return answers && answers->refused == 0;
    }

    const TakeOverSettings& settings_;
    std::vector<std::string> arguments_;
    std::array<std::unique_ptr<EngineProgram>, 2> engines_;
    Writers::Ports ports_ = {};
};

std::expected<void, Error> open_location(std::uint16_t port) {
    const Load load{port, 1, 1, [](std::size_t, std::string& to) {
                        const std::string body =
                            R"({"name":"Main","priority":0,"accepts_orders":true})";
                        to += "PUT /v1/locations/main HTTP/1.1\r\nHost: here\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + body;
                    }};
    const auto answers = run(load);
    if (!answers) return std::unexpected(answers.error());
    if (answers->refused == 0) return {};
    return std::unexpected(Error{Error::refused, answers->first_refusal});
}

// What the clients of the partitions that it led waited, longest first.
std::expected<std::vector<std::uint32_t>, Error> waits_after(int number, std::size_t which,
                                                             Pair& engines, Writers& writers) {
    constexpr milliseconds on_and_on{1'500};  // so that whatever comes after is seen, too
    if (auto ready = engines.wait_until_both_lead(); !ready) return std::unexpected(ready.error());
    std::this_thread::sleep_for(on_and_on);
    const auto begun = Steady::now();
    engines.signal(which, number);
    engines.forget(which);
    const auto ended = Steady::now();
    const auto answered = wait_until([&] { return writers.were_all_answered(ended); },
                                     "that the other engine answers for all");
    if (!answered) return std::unexpected(answered.error());
    std::this_thread::sleep_for(on_and_on);
    auto waits = writers.longest_waits_us(begun);
    waits.resize(waits.size() / 2);
    if (auto started = engines.start(which); !started) return std::unexpected(started.error());
    return waits;
}

}  // namespace

std::expected<std::array<Report, 2>, Error> take_over(const TakeOverSettings& settings) {
    const auto name_space = NameSpace::on(settings.brokers);
    Pair engines(settings, name_space.name());
    for (const std::size_t which : {0, 1})
        if (auto started = engines.start(which); !started) return std::unexpected(started.error());
    if (auto ready = engines.wait_until_both_lead(); !ready) return std::unexpected(ready.error());
    if (auto opened = open_location(engines.ports()[0]); !opened)
        return std::unexpected(opened.error());
    std::array<Report, 2> reports;
    const auto begun = Steady::now();
    Writers writers(engines.ports(), settings.partitions);
    for (const auto& [at, name, number] :
         {std::tuple(0U, "take_over_from_a_killed_one", SIGKILL),
          std::tuple(1U, "take_over_from_one_that_leaves", SIGTERM)}) {
        std::vector<std::uint32_t> all;
        for (std::size_t round = 0; round < settings.rounds; ++round) {
            const auto waits = waits_after(number, round % 2, engines, writers);
            if (!waits) return std::unexpected(waits.error());
            all.insert(all.end(), waits->begin(), waits->end());
        }
        auto& report = reports[at];
        report.scenario = name;
        report.p50_us = percentile(all, 0.5);
        report.p99_us = percentile(all, 0.99);
        report.more = {{"longest_us", std::ranges::max(all)},
                       {"take_overs", static_cast<double>(settings.rounds)}};
        report.peak_rss_mib = own_peak_rss_mib();
    }
    const auto passed = std::chrono::duration<double>(Steady::now() - begun).count();
    for (auto& report : reports)
        report.rate_per_s = static_cast<double>(writers.answers()) / passed;
    return reports;
}

}  // namespace holdfast::bench
