// RocksStateStore: the checkpoint in a folder of its own. A cut is written as one sorted file and
// ingested, so nothing goes through RocksDB's memory tables or its log.
//
//     <folder>/FORMAT  the layout of its rows (layout.h)
//     <folder>/rows/   RocksDB's
//     <folder>/cuts/   files being written; what a crash left here is removed by open()
//
// Order       rows come back as they were when get() or scan() was called, a cut whole or not.
// Durability  ingest() returns when the file, its folder and RocksDB's list of files are synced.
// Threading   as the port; ingest() may also be called by several threads at once.
// Limits      measured with 300,000 ids of 40 bytes and 20,000 rows of 550 in each cut: 0.5 us of
//             CPU a row to write it, and 1 us each time RocksDB's one thread merges it, which is
//             held to compaction_bytes_per_s. A get() takes 0.15 us for a row that is not there,
//             while the filter has room; without the filter, and for one that is there and cold,
//             0.4 us for each run (32 and more wait to be merged) and the reading of a block.
// Errors      open(): refused, another process has the folder, or its rows have another layout;
//             damaged; after the last two remove the folder and the state is made again from the
//             log. ingest(): rows out of order are a bug and end the process.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include "engine/adapters/rocksdb/key_filter.h"
#include "engine/ports/state_store.h"

namespace rocksdb {
class DB;
class SstFileWriter;
struct Options;
}  // namespace rocksdb

namespace holdfast::rocks {

struct StateSettings {
    std::filesystem::path folder;
    std::size_t cache_bytes = 64 << 20;
    std::size_t filter_bytes = 32 << 20;  // good for half as many keys
    std::uint64_t compaction_bytes_per_s = 16 << 20;
    std::size_t kind_at = 3;        // where a key says its kind
    std::string looked_up = "ins";  // the kinds that get() is often asked for in vain
};

class RocksStateStore final : public StateStore {
public:
    static std::expected<std::unique_ptr<RocksStateStore>, Error> open(StateSettings settings);
    ~RocksStateStore() override;

    std::expected<std::vector<std::optional<std::string>>, Error> get(
        std::span<const std::string> keys) const override;
    std::expected<void, Error> scan(
        std::string_view from, std::string_view until,
        const std::function<bool(std::string_view key, std::string_view value)>& visit)
        const override;
    std::expected<void, Error> ingest(const CutRows& rows) override;

    // Whether keys that are not there are known without looking: some time after open().
    bool filter_is_ready() const { return filter_is_ready_; }

private:
    explicit RocksStateStore(StateSettings settings);
    std::expected<void, Error> start();
    void fill_filter(const std::stop_token& stop);
    bool is_looked_up(std::string_view key) const;
    bool may_have(std::string_view key) const;
    std::expected<void, Error> write_cut(const std::string& file, const CutRows& rows);

    StateSettings settings_;
    std::unique_ptr<::rocksdb::Options> options_;
    std::unique_ptr<::rocksdb::DB> database_;
    KeyFilter filter_;
    std::atomic<bool> filter_is_ready_ = false;
    std::atomic<std::uint64_t> next_cut_ = 0;
    std::jthread filling_;  // the last: it uses the others
};

}  // namespace holdfast::rocks
