#include "engine/adapters/rocksdb/library.h"

#include <string>
#include <system_error>

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>

namespace holdfast::rocks {
namespace {

constexpr int cache_shard_bits = 2;  // a handful of threads read

}  // namespace

Error to_error(const ::rocksdb::Status& status, std::string_view doing) {
    const auto said = status.ToString();
    const auto detail = std::string(doing) + ": " + said;
    if (status.IsIOError() && (said.find("lock ") != said.npos || said.find("LOCK") != said.npos))
        return {Error::refused,
                std::string(doing) + ": another process has it open; stop that one first"};
    if (status.IsCorruption() || status.IsNotFound() || status.IsPathNotFound())
        return {Error::damaged, detail};
    if (status.IsInvalidArgument() || status.IsNotSupported()) return {Error::refused, detail};
    return {Error::unavailable, detail};
}

std::expected<void, Error> make_folder(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return std::unexpected(
            Error{Error::refused, "cannot make " + folder.string() + ": " + failed.message()});
    return {};
}

std::expected<std::unique_ptr<::rocksdb::DB>, Error> open_database(
    const ::rocksdb::Options& options, const std::filesystem::path& folder) {
    if (const auto made = make_folder(folder); !made) return std::unexpected(made.error());
    ::rocksdb::DB* opened = nullptr;
    const auto status = ::rocksdb::DB::Open(options, folder.string(), &opened);
    std::unique_ptr<::rocksdb::DB> database(opened);
    if (!status.ok()) return std::unexpected(to_error(status, "opening " + folder.string()));
    return database;
}

::rocksdb::Options common_options() {
    ::rocksdb::Options options;
    options.create_if_missing = true;
    options.max_background_jobs = 2;
    options.info_log_level = ::rocksdb::WARN_LEVEL;
    options.keep_log_file_num = 2;
    options.max_manifest_file_size = 16 << 20;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.skip_stats_update_on_db_open = true;
    options.compression = ::rocksdb::kNoCompression;
    return options;
}

::rocksdb::BlockBasedTableOptions common_tables(std::size_t cache_bytes) {
    ::rocksdb::BlockBasedTableOptions tables;
    tables.format_version = 5;
    tables.checksum = ::rocksdb::kXXH3;
    tables.block_size = 8 << 10;
    tables.filter_policy.reset(::rocksdb::NewBloomFilterPolicy(10));
    // Filters and indexes are inside the cache, so that its size bounds all of it, and in blocks: a
    // file's whole filter takes a byte or more a key, and one that is larger than a shard of the
    // cache would be read and checked again for every row.
    tables.block_cache = ::rocksdb::NewLRUCache(cache_bytes, cache_shard_bits);
    tables.cache_index_and_filter_blocks = true;
    tables.partition_filters = true;
    tables.index_type = ::rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    tables.metadata_block_size = tables.block_size;
    return tables;
}

namespace {

using Rows = ::rocksdb::Iterator;

void to_first(Rows& rows, const Range& range) {
    if (!range.newest_first) return rows.Seek(slice(range.from));
    if (range.until.empty()) return rows.SeekToLast();
    rows.SeekForPrev(slice(range.until));
    if (rows.Valid() && rows.key() == slice(range.until)) rows.Prev();
}

}  // namespace

std::expected<void, Error> scan(::rocksdb::DB& database, const Range& range, const Visit& visit) {
    const auto lower = slice(range.from), upper = slice(range.until);
    ::rocksdb::ReadOptions options;
    options.iterate_lower_bound = &lower;
    if (!range.until.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<Rows> rows(database.NewIterator(options));
    for (to_first(*rows, range); rows->Valid();) {
        if (!visit(rows->key().ToStringView(), rows->value().ToStringView())) return {};
        range.newest_first ? rows->Prev() : rows->Next();
    }
    if (!rows->status().ok()) return std::unexpected(to_error(rows->status(), "scanning rows"));
    return {};
}

}  // namespace holdfast::rocks
