// Bookmark: how far the loader came and what was refused until there, in a small text file beside
// the engine's data.
//
// Order       written after a day's answers, as a whole: the file is always of some day's end.
// Durability  not synced: an older one only has more repeated.
#pragma once

#include <string>
#include <vector>

namespace holdfast::year {

struct Bookmark {
    std::string load;  // which file with which opening; another load's bookmark is not taken
    std::string done;  // the last day; empty: none
    std::vector<std::string> refused = {};  // operations, by name
};

// Nothing done when there is no file.
Bookmark read_bookmark(const std::string& path, const std::string& load);
void write_bookmark(const std::string& path, const Bookmark& bookmark);

}  // namespace holdfast::year
