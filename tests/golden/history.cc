#include "tests/golden/history.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "engine/adapters/rocksdb/layout.h"
#include "engine/wire/hash.h"
#include "engine/wire/hex.h"
#include "replay/list.h"
#include "replay/verify.h"
#include "tests/support/printed.h"

namespace holdfast::golden {
namespace {

std::string listing(const EventLog& log, bool brief) {
    replay::Watch watch(false);
    replay::Filter filter;
    filter.brief = brief;
    return printed([&](std::FILE* file) {
        const auto listed = replay::list(log, filter, watch, file);
        EXPECT_TRUE(listed) << listed.error().detail;
    });
}

std::string layout() { return "layout " + std::to_string(rocks::layout_known) + ": "; }

std::string hexadecimal_hash(const std::string& text) {
    wire::Sha256 hash;
    hash.add(std::as_bytes(std::span(text)));
    return wire::hexadecimal(hash.finish());
}

}  // namespace

Told told_of(const EventLog& log) {
    replay::Watch watch(false);
    const auto verified = replay::verify(log, nullptr, watch);
    EXPECT_TRUE(verified) << verified.error().detail;
    if (!verified) return {};
    return {layout() + verified->state_hash,
            hexadecimal_hash(listing(log, false)) + "\n" + listing(log, true)};
}

std::string text_of(const Path& file) {
    const std::ifstream from(file, std::ios::binary);
    std::ostringstream text;
    text << from.rdbuf();
    EXPECT_TRUE(from.good()) << file;
    return text.str();
}

bool is_of_this_layout(const Told& told) { return told.state.starts_with(layout()); }

Told read_told(const Path& folder) {
    auto state = text_of(folder / "state");
    while (state.ends_with('\n')) state.pop_back();
    return {state, text_of(folder / "listed")};
}

void write_told(const Path& folder, const Told& told) {
    std::ofstream(folder / "state", std::ios::binary) << told.state << '\n';
    std::ofstream(folder / "listed", std::ios::binary) << told.listed;
}

}  // namespace holdfast::golden
