// RocksViewStore: the rows of the read models in a folder of their own. A write is one batch in
// RocksDB's log, which is synced only by sync().
//
// Durability  a killed process loses nothing, a power cut what was written after the last sync() at
//             most, and always from some write on: a log that ends in torn bytes is read up to
//             them.
// Threading   as the port.
// Errors      open(): refused, another process has the folder; damaged, remove the folder and the
//             views are made again from the log.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/ports/view_store.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace holdfast::rocks {

struct ViewSettings {
    std::filesystem::path folder;
    std::size_t cache_bytes = 32 << 20;
    std::size_t memory_bytes = 16 << 20;  // of rows not yet in files; two of these at most
};

class RocksViewStore final : public ViewStore {
public:
    static std::expected<std::unique_ptr<RocksViewStore>, Error> open(const ViewSettings& settings);
    ~RocksViewStore() override;

    std::expected<std::optional<std::string>, Error> get(std::string_view key) const override;
    std::expected<void, Error> scan(
        std::string_view from, std::string_view until, bool newest_first,
        const std::function<bool(std::string_view key, std::string_view value)>& visit)
        const override;
    std::expected<void, Error> write(const std::vector<Row>& rows) override;
    std::expected<void, Error> sync() override;

private:
    explicit RocksViewStore(std::unique_ptr<::rocksdb::DB> database);
    // What `change` does, unless one failed before: RocksDB's assertions end the process when its
    // log is written to after that.
    template <class Change>
    std::expected<void, Error> unless_failed(std::string_view doing, Change change);

    std::unique_ptr<::rocksdb::DB> database_;
    std::optional<Error> failed_;
};

}  // namespace holdfast::rocks
