#include "engine/adapters/rocksdb/state_store.h"

#include <cassert>
#include <utility>

#include <rocksdb/rate_limiter.h>
#include <rocksdb/sst_file_writer.h>

#include "engine/adapters/rocksdb/layout.h"
#include "engine/adapters/rocksdb/library.h"
#include "engine/domain/fetch_ahead.h"

namespace holdfast::rocks {
namespace {

// Few, wide merges: keys are random, so every cut overlaps all that is there, and a row is written
// again 1.7 times over 400 cuts instead of 3.3 by levels.
::rocksdb::Options options_for(const StateSettings& settings) {
    auto options = common_options();
    options.table_factory.reset(
        ::rocksdb::NewBlockBasedTableFactory(common_tables(settings.cache_bytes)));
    options.write_buffer_size = 1 << 20;  // nothing is written there
    options.compaction_style = ::rocksdb::kCompactionStyleUniversal;
    options.compaction_options_universal.size_ratio = 1;
    options.compaction_options_universal.min_merge_width = 16;
    options.compaction_options_universal.max_size_amplification_percent = 300;
    options.level0_file_num_compaction_trigger = 32;
    options.level0_slowdown_writes_trigger = options.level0_stop_writes_trigger = 1 << 20;
    options.rate_limiter.reset(::rocksdb::NewGenericRateLimiter(
        static_cast<std::int64_t>(settings.compaction_bytes_per_s)));
    return options;
}

}  // namespace

RocksStateStore::RocksStateStore(StateSettings settings)
    : settings_(std::move(settings)),
      options_(std::make_unique<::rocksdb::Options>(options_for(settings_))),
      filter_(settings_.filter_bytes) {}

RocksStateStore::~RocksStateStore() = default;

std::expected<std::unique_ptr<RocksStateStore>, Error> RocksStateStore::open(
    StateSettings settings) {
    std::unique_ptr<RocksStateStore> store(new RocksStateStore(std::move(settings)));
    if (const auto started = store->start(); !started) return std::unexpected(started.error());
    return store;
}

std::expected<void, Error> RocksStateStore::start() {
    if (const auto known = check_layout(settings_.folder); !known) return known;
    auto opened = open_database(*options_, settings_.folder / "rows");
    if (!opened) return std::unexpected(opened.error());
    database_ = *std::move(opened);
    const auto cuts = settings_.folder / "cuts";
    std::error_code failed;
    std::filesystem::remove_all(cuts, failed);
    if (failed)
        return std::unexpected(
            Error{Error::refused, "cannot empty " + cuts.string() + ": " + failed.message()});
    if (const auto made = make_folder(cuts); !made) return made;
    filling_ = std::jthread([this](const std::stop_token& stop) { fill_filter(stop); });
    return {};
}

// Until it has seen every row, every get() looks for itself; ingest() adds what comes meanwhile.
void RocksStateStore::fill_filter(const std::stop_token& stop) {
    const auto filled = rocks::scan(*database_, {}, [&](std::string_view key, std::string_view) {
        if (is_looked_up(key)) filter_.add(key);
        return !stop.stop_requested();
    });
    if (filled && !stop.stop_requested()) filter_is_ready_ = true;
}

bool RocksStateStore::is_looked_up(std::string_view key) const {
    return key.size() > settings_.kind_at &&
           settings_.looked_up.find(key[settings_.kind_at]) != std::string::npos;
}

bool RocksStateStore::may_have(std::string_view key) const {
    return !is_looked_up(key) || filter_.may_have(key);
}

std::expected<std::vector<std::optional<std::string>>, Error> RocksStateStore::get(
    std::span<const std::string> keys) const {
    // Before the filter is asked: a key that a cut adds meanwhile is missing with all of that cut.
    ::rocksdb::ManagedSnapshot moment(database_.get());
    const bool filtered = filter_is_ready_;
    std::vector<std::size_t> places;
    std::vector<::rocksdb::Slice> looked_up;
    if (filtered)
        for (const auto& key : keys) filter_.prefetch(key);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (filtered && !may_have(keys[i])) continue;
        places.push_back(i);
        looked_up.push_back(slice(keys[i]));
    }
    std::vector<std::optional<std::string>> found(keys.size());
    if (places.empty()) return found;
    ::rocksdb::ReadOptions options;
    options.snapshot = moment.snapshot();
    std::vector<::rocksdb::PinnableSlice> values(places.size());
    std::vector<::rocksdb::Status> said(places.size());
    database_->MultiGet(options, database_->DefaultColumnFamily(), looked_up.size(),
                        looked_up.data(), values.data(), said.data());
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (said[i].ok())
            found[places[i]].emplace(values[i].data(), values[i].size());
        else if (!said[i].IsNotFound())
            return std::unexpected(to_error(said[i], "reading rows of the state"));
    }
    return found;
}

std::expected<void, Error> RocksStateStore::scan(std::string_view from, std::string_view until,
                                                 const Visit& visit) const {
    return rocks::scan(*database_, {from, until}, visit);
}

// The filter knows a row before the row is there, which does no harm: it says what may be there.
std::expected<void, Error> RocksStateStore::write_cut(const std::string& file,
                                                      const CutRows& rows) {
    constexpr std::size_t ahead = 8;               // in their order the rows lie anywhere
    constexpr bool invalidate_page_cache = false;  // the next merge reads it
    ::rocksdb::SstFileWriter writer(::rocksdb::EnvOptions(*options_), *options_, nullptr,
                                    invalidate_page_cache);
    auto status = writer.Open(file);
    const std::span all(rows.begin(), rows.end());
    for (std::size_t i = 0; i < all.size() && status.ok(); ++i) {
        if (i + ahead < all.size()) fetch_ahead(all[i + ahead].key.data(), 2 * 64);
        const auto& [key, value] = all[i];
        const bool filtered = value && is_looked_up(key);
        if (filtered) filter_.prefetch(key);
        status = value ? writer.Put(slice(key), slice(*value)) : writer.Delete(slice(key));
        if (filtered) filter_.add(key);
    }
    if (status.ok()) status = writer.Finish();
    assert(!status.IsInvalidArgument());  // rows are sorted, each key once
    if (!status.ok()) return std::unexpected(to_error(status, "writing a cut"));
    return {};
}

std::expected<void, Error> RocksStateStore::ingest(const CutRows& rows) {
    if (rows.empty()) return {};
    const auto file = settings_.folder / "cuts" / std::to_string(next_cut_++);
    if (const auto written = write_cut(file.string(), rows); !written) return written;
    ::rocksdb::IngestExternalFileOptions options;
    options.move_files = true;
    options.write_global_seqno = false;
    options.allow_blocking_flush = false;
    const auto status = database_->IngestExternalFile({file.string()}, options);
    if (!status.ok()) return std::unexpected(to_error(status, "ingesting a cut"));
    return {};
}

}  // namespace holdfast::rocks
