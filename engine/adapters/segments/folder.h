// Folder: the small files beside the segments.
//
//     FORMAT  "holdfast log 1": what a newer engine may have written is not touched
//     LOCK    held by the engine that writes here, until its process ends
//     MARK    how far the log is known to be safe
//
// Durability  MARK is written behind every sync and not synced itself: whatever it says was true.
//             It survives the process; after a power loss it may be older, and the marks in the
//             frames say the rest.
// Errors      refused: a newer format, a second engine; each says what to do.
#pragma once

#include "engine/adapters/segments/frame.h"

namespace holdfast::segments {

// Makes the folder and its FORMAT where there is none yet, and holds the lock.
std::expected<File, Error> lock_folder(const Path& folder);

// For those that only look: whether this is a log that can be read, and whether an engine has it.
std::expected<void, Error> check_format(const Path& folder);
std::expected<bool, Error> is_locked(const Path& folder);

class Mark {
public:
    static std::expected<Mark, Error> open(const Path& folder, File::Mode mode);

    std::optional<Position> read() const;  // nothing when it was never written, or only in part
    std::expected<void, Error> note(Position synced) const;
    std::expected<void, Error> sync() const { return file_.sync(); }

private:
    explicit Mark(File file) : file_(std::move(file)) {}
    File file_;
};

}  // namespace holdfast::segments
