#include "engine/adapters/rocksdb/view_store.h"

#include <utility>

#include <rocksdb/write_batch.h>

#include "engine/adapters/rocksdb/library.h"

namespace holdfast::rocks {
namespace {

::rocksdb::Options options_for(const ViewSettings& settings) {
    auto options = common_options();
    options.table_factory.reset(
        ::rocksdb::NewBlockBasedTableFactory(common_tables(settings.cache_bytes)));
    options.write_buffer_size = settings.memory_bytes;
    options.level_compaction_dynamic_level_bytes = true;
    options.bottommost_compression = ::rocksdb::kLZ4Compression;
    options.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    return options;
}

}  // namespace

RocksViewStore::RocksViewStore(std::unique_ptr<::rocksdb::DB> database)
    : database_(std::move(database)) {}

RocksViewStore::~RocksViewStore() = default;

std::expected<std::unique_ptr<RocksViewStore>, Error> RocksViewStore::open(
    const ViewSettings& settings) {
    auto opened = open_database(options_for(settings), settings.folder);
    if (!opened) return std::unexpected(opened.error());
    return std::unique_ptr<RocksViewStore>(new RocksViewStore(*std::move(opened)));
}

std::expected<std::optional<std::string>, Error> RocksViewStore::get(std::string_view key) const {
    std::string value;
    const auto status = database_->Get(::rocksdb::ReadOptions(), slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return std::unexpected(to_error(status, "reading a row of a view"));
    return value;
}

std::expected<void, Error> RocksViewStore::scan(std::string_view from, std::string_view until,
                                                bool newest_first, const Visit& visit) const {
    return rocks::scan(*database_, {from, until, newest_first}, visit);
}

template <class Change>
std::expected<void, Error> RocksViewStore::unless_failed(std::string_view doing, Change change) {
    if (!failed_)
        if (const auto status = change(); !status.ok()) failed_ = to_error(status, doing);
    if (failed_) return std::unexpected(*failed_);
    return {};
}

std::expected<void, Error> RocksViewStore::write(const std::vector<Row>& rows) {
    ::rocksdb::WriteBatch batch;
    for (const auto& row : rows) row.value ? batch.Put(row.key, *row.value) : batch.Delete(row.key);
    return unless_failed("writing rows of views",
                         [&] { return database_->Write(::rocksdb::WriteOptions(), &batch); });
}

std::expected<void, Error> RocksViewStore::sync() {
    return unless_failed("syncing the views", [&] { return database_->SyncWAL(); });
}

}  // namespace holdfast::rocks
