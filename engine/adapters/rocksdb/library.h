// What both stores ask of RocksDB in the same way. Only the .cc files here include its headers.
//
// Errors  to_error() is the one place where a status becomes an Error: corrupt or missing files are
//         damaged; another process's lock, a format or an argument RocksDB does not take is
//         refused; all else, the disk above all, is unavailable.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include <rocksdb/db.h>
#include <rocksdb/table.h>

#include "engine/ports/error.h"

namespace holdfast::rocks {

using Visit = std::function<bool(std::string_view key, std::string_view value)>;

// A range of keys, as the ports have it: an empty `until` is the end.
struct Range {
    std::string_view from, until;
    bool newest_first = false;
};

Error to_error(const ::rocksdb::Status& status, std::string_view doing);

std::expected<void, Error> make_folder(const std::filesystem::path& folder);

// `folder` and what is above it are made when they are not there.
std::expected<std::unique_ptr<::rocksdb::DB>, Error> open_database(
    const ::rocksdb::Options& options, const std::filesystem::path& folder);

// What suits both: a quiet library on a small machine.
::rocksdb::Options common_options();
::rocksdb::BlockBasedTableOptions common_tables(std::size_t cache_bytes);

std::expected<void, Error> scan(::rocksdb::DB& database, const Range& range, const Visit& visit);

// RocksDB wants an address of no bytes as well.
inline ::rocksdb::Slice slice(std::string_view text) {
    return {text.empty() ? "" : text.data(), text.size()};
}

}  // namespace holdfast::rocks
