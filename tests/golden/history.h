// A golden history: a log, and what a replay of it must give in every later version.
//
//     <folder>/log/      segment files, as an engine left them
//     <folder>/state     the hash of the state that the log makes: for as long as the layout of the
//                        state is the same (engine/adapters/rocksdb/layout.h)
//     <folder>/listed    the hash of what `list` prints; and, to be read, what `list --brief` does
#pragma once

#include <filesystem>
#include <string>

#include "engine/ports/event_log.h"

namespace holdfast::golden {

using Path = std::filesystem::path;

struct Told {
    std::string state;   // SHA-256, in hexadecimal
    std::string listed;  // SHA-256 of the listing, then the short lines
};

// What this version makes of a log. Fails the test when it cannot be verified.
Told told_of(const EventLog& log);

Told read_told(const Path& folder);
void write_told(const Path& folder, const Told& told);

std::string text_of(const Path& file);

}  // namespace holdfast::golden
