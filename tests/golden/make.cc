// make_golden FOLDER: tells the story to an engine of this version and leaves a golden history
// there. With --told, reads the log of one that exists and writes anew what `list` prints of it;
// the state that its log makes must be as it was, unless the layout of states is another by now.
#include <cstring>
#include <exception>
#include <iostream>

#include "engine/adapters/segments/segment_view.h"
#include "tests/golden/history.h"
#include "tests/golden/story.h"

namespace {

using namespace holdfast;
using namespace holdfast::golden;

constexpr std::uint16_t partitions_afterwards = 3;

// All in one flush, so that the file is no larger than what it holds.
void write_log(const Path& folder, Story& story) {
    const auto batches = story.batches();
    std::uint64_t bytes = 2 * segments::page_bytes;
    for (const auto& [at, batch] : batches) bytes += segments::frame_bytes(batch.blob->size());
    auto log = segments::SegmentLog::open(folder, {segments::whole_pages(bytes)}).value();
    for (const auto& [at, batch] : batches)
        log->append(at, batch.first, batch.count, batch.blob).value();
    log->flush().value();
    const auto is_made_ahead = [](const auto& entry) {
        return segments::base_of(entry.path()).value_or(0) != 0;
    };
    log.reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (is_made_ahead(entry)) std::filesystem::remove(entry.path());
}

}  // namespace

int main(int count, char** arguments) try {
    const bool told_only = count == 3 && std::strcmp(arguments[2], "--told") == 0;
    if (count != 2 && !told_only) {
        std::cerr << "make_golden FOLDER [--told]\n";
        return 2;
    }
    const Path folder = arguments[1];
    if (!told_only) {
        if (std::filesystem::exists(folder)) {
            std::cerr << folder << " is there: a golden history does not change\n";
            return 1;
        }
        std::filesystem::create_directories(folder);
        Story story;
        story.tell();
        story.go_on_in(partitions_afterwards);
        write_log(folder / "log", story);
    }
    const auto log = segments::SegmentView::open(folder / "log").value();
    const auto told = told_of(*log);
    if (told_only) {
        const auto before = read_told(folder);
        if (is_of_this_layout(before) && told.state != before.state) {
            std::cerr
                << "this version makes another state of the log: that is no change of words\n";
            return 1;
        }
    }
    write_told(folder, told);
    return testing::Test::HasFailure() ? 1 : 0;
} catch (const std::exception& failed) {
    std::cerr << "make_golden: " << failed.what() << '\n';
    return 1;
}
