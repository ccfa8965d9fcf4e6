#include "bench/year/bookmark.h"

#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include "bench/year/rows.h"

namespace holdfast::year {
namespace {

constexpr std::string_view load_is = "load ", done_is = "done ", refused_is = "refused ";

}  // namespace

Bookmark read_bookmark(const std::string& path, const std::string& load) {
    Bookmark bookmark{load, {}};
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(load_is) && line.substr(load_is.size()) != load)
            stop(fmt::format("{} is of another load: {}, not {}", path, line, load));
        if (line.starts_with(done_is)) bookmark.done = line.substr(done_is.size());
        if (line.starts_with(refused_is))
            bookmark.refused.push_back(line.substr(refused_is.size()));
    }
    return bookmark;
}

void write_bookmark(const std::string& path, const Bookmark& bookmark) {
    const auto fresh = path + ".new";
    {
        std::ofstream file(fresh, std::ios::trunc);
        file << load_is << bookmark.load << '\n' << done_is << bookmark.done << '\n';
        for (const auto& name : bookmark.refused) file << refused_is << name << '\n';
        if (!file.flush()) stop("cannot write " + fresh);
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0) stop("cannot write " + path);
}

}  // namespace holdfast::year
