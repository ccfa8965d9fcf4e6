// is_written: whether a text stands anywhere in the files of a folder, as it is.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace holdfast {

inline bool is_written(const std::filesystem::path& folder, const std::string& text) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream from(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(from), {}};
        if (bytes.contains(text)) return true;
    }
    return false;
}

}  // namespace holdfast
