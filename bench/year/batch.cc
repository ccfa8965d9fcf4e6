#include "bench/year/batch.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <simdjson.h>

#include "bench/year/rows.h"

namespace holdfast::year {
namespace {

std::string line_of(const Asking& asking) {
    return fmt::format(R"({{"method":"{}","path":"{}","key":"{}","time_ms":{},"body":{}}})",
                       asking.method, asking.path, asking.key, asking.time_ms, asking.body) +
           "\n";
}

std::vector<Answer> ask_once(Client& client, const std::vector<Asking>& askings) {
    std::string body;
    for (const auto& asking : askings) body += line_of(asking);
    const auto answer = client.ask({.method = "POST",
                                    .path = "/v1/batch",
                                    .body = std::move(body),
                                    .key = askings.front().key + "/batch",
                                    .time_ms = askings.front().time_ms,
                                    .media_type = "application/x-ndjson"});
    if (answer.status != 200)
        stop(fmt::format("a batch was answered {}: {}", answer.status, answer.body));
    std::vector<Answer> answers;
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) answers.push_back({status_in(line), line, false});
    if (answers.size() != askings.size())
        stop(fmt::format("a batch of {} was answered by {}", askings.size(), answers.size()));
    return answers;
}

}  // namespace

unsigned status_in(const std::string& line) {
    simdjson::dom::parser parser;
    std::uint64_t status = 0;
    if (parser.parse(line)["status"].get(status) != simdjson::SUCCESS)
        stop("an answer without a status: " + line);
    return static_cast<unsigned>(status);
}

std::size_t batch_size(std::span<const Asking> askings) {
    std::size_t size = 0, bytes = 0;
    while (size < std::min(askings.size(), batch_requests_max)) {
        bytes += askings[size].body.size() + 200;
        if (size > 0 && bytes > batch_bytes_max) break;
        ++size;
    }
    return size;
}

std::vector<Answer> ask_batch(Client& client, std::span<const Asking> askings) {
    std::vector<Answer> answers(askings.size());
    std::vector<std::size_t> open(askings.size());
    std::iota(open.begin(), open.end(), 0);
    while (!open.empty()) {
        std::vector<Asking> some;
        some.reserve(open.size());
        for (const auto place : open) some.push_back(askings[place]);
        auto fresh = ask_once(client, some);
        for (std::size_t i = 0; i < open.size(); ++i) answers[open[i]] = std::move(fresh[i]);
        std::erase_if(open, [&](std::size_t place) { return !wants_another_try(answers[place]); });
        if (!open.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return answers;
}

}  // namespace holdfast::year
