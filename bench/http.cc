#include "bench/http.h"

#include "bench/engine_program.h"
#include "bench/load.h"

namespace holdfast::bench {
namespace {

constexpr std::size_t received_at_once = 1'000;

std::string sku_of(std::size_t n) { return "SKU-" + std::to_string(100'000 + n); }

void append_request(std::string& to, std::string_view line, std::string_view key,
                    std::string_view body) {
    to.append(line).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
    if (!key.empty()) to.append("Idempotency-Key: ").append(key).append("\r\n");
    to.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    to.append(body);
}

std::expected<Answers, Error> all_accepted(const Load& load) {
    auto answers = run(load);
    if (answers && answers->refused != 0)
        return std::unexpected(Error{Error::refused, "refused: " + answers->first_refusal});
    return answers;
}

// A location, and stock of each SKU that does not run out.
std::expected<void, Error> receive_stock(std::uint16_t port, std::uint32_t skus) {
    const auto location = all_accepted({port, 1, 1, [](std::size_t, std::string& to) {
                                            append_request(to, "PUT /v1/locations/main", {},
                                                           R"({"name":"Main","priority":0,)"
                                                           R"("accepts_orders":true})");
                                        }});
    if (!location) return std::unexpected(location.error());
    const auto batch = [skus](std::size_t n, std::string& to) {
        std::string lines;
        const auto end = std::min<std::size_t>(skus, (n + 1) * received_at_once);
        for (auto sku = n * received_at_once; sku < end; ++sku)
            lines.append(R"({"method":"POST","path":"/v1/skus/)")
                .append(sku_of(sku))
                .append(R"(/movements","key":"received","body":{"kind":"receive",)")
                .append(R"("location":"main","quantity":1000000000}})")
                .append("\n");
        append_request(to, "POST /v1/batch", "received-" + std::to_string(n), lines);
    };
    const auto batches = (skus + received_at_once - 1) / received_at_once;
    const auto received = all_accepted({port, 1, batches, batch});
    if (!received) return std::unexpected(received.error());
    return {};
}

void append_reservation(std::string& to, std::size_t n, std::uint32_t skus) {
    const auto number = std::to_string(n);
    append_request(to, "POST /v1/skus/" + sku_of(n % skus) + "/reservations", "reserve-" + number,
                   R"({"quantity":1,"reference":"basket )" + number + "\"}");
}

struct Measured {
    Answers answers;
    double engine_cpu_s = 0, load_cpu_s = 0;
};
std::expected<Measured, Error> measure(const EngineProgram& engine, const Load& load) {
    const auto engine_before = engine.cpu_s(), load_before = own_cpu_s();
    auto answers = run(load);
    if (!answers) return std::unexpected(answers.error());
    return Measured{*std::move(answers), engine.cpu_s() - engine_before, own_cpu_s() - load_before};
}

Report report_of(const HttpSettings& settings, Measured& measured, const Measured& plain) {
    auto& answers = measured.answers;
    const auto count = static_cast<double>(settings.reservations);
    return {settings.skus == 1 ? "http_one_sku" : "http_" + std::to_string(settings.skus) + "_skus",
            count / answers.seconds,
            count / plain.answers.seconds,
            percentile(answers.latencies_us, 0.50),
            percentile(answers.latencies_us, 0.99),
            0,
            {{"engine_cpu_ns_each", measured.engine_cpu_s * 1e9 / count},
             {"client_cpu_ns_each", measured.load_cpu_s * 1e9 / count},
             {"limit_cpu_ns_each", plain.engine_cpu_s * 1e9 / count},
             {"refused", static_cast<double>(answers.refused)}}};
}

}  // namespace

std::expected<Report, Error> http(const HttpSettings& settings) {
    std::filesystem::remove_all(settings.folder);
    std::filesystem::create_directories(settings.folder);
    auto engine = EngineProgram::start(settings.folder);
    if (!engine) return std::unexpected(engine.error());
    const auto port = (*engine)->port();
    if (const auto received = receive_stock(port, settings.skus); !received)
        return std::unexpected(received.error());
    const auto reserve = [&](std::size_t n, std::string& to) {
        append_reservation(to, n, settings.skus);
    };
    auto measured = measure(**engine, {port, settings.connections, settings.reservations, reserve});
    if (!measured) return std::unexpected(measured.error());
    const auto peak = (*engine)->peak_rss_mib();
    const auto ask = [](std::size_t, std::string& to) {
        to += "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    };
    const auto plain = measure(**engine, {port, settings.connections, settings.reservations, ask});
    if (!plain) return std::unexpected(plain.error());
    auto report = report_of(settings, *measured, *plain);
    report.peak_rss_mib = peak;
    engine->reset();
    std::filesystem::remove_all(settings.folder);
    return report;
}

}  // namespace holdfast::bench
