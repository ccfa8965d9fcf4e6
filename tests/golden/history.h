// A golden history: a log, and what a replay of it must give in every later version.
//
//     <folder>/log/      segment files, as an engine left them
//     <folder>/state     the hash of the state that the log makes, and the layout that it is of
//                        (engine/adapters/rocksdb/layout.h): only another layout has another hash
//     <folder>/listed    the hash of what `list` prints; and, to be read, what `list --brief` does
#pragma once

#include <filesystem>
#include <string>

#include "engine/ports/event_log.h"

namespace holdfast::golden {

using Path = std::filesystem::path;

struct Told {
    std::string state;   // "layout <its number>: " and the SHA-256, in hexadecimal
    std::string listed;  // SHA-256 of the listing, then the short lines
};

// What this version makes of a log. Fails the test when it cannot be verified.
Told told_of(const EventLog& log);

// Whether a state is told of by the layout that this version has.
bool is_of_this_layout(const Told& told);

Told read_told(const Path& folder);
void write_told(const Path& folder, const Told& told);

std::string text_of(const Path& file);

}  // namespace holdfast::golden
