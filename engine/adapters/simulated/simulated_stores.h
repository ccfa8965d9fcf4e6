// SimulatedStateStore, SimulatedViewStore: sorted rows in memory that fail as a disk and a process
// do, the same way for one seed.
//
// Durability  crash() loses nothing of an ingested cut; of the views it loses a seeded number of
//             the last writes that no sync() has followed.
// Threading   one thread; a visitor may write to the store that it visits.
// Errors      unavailable, by chance. A write or an ingest that failed so has happened whole or not
//             at all, and nobody knows.
#pragma once

#include <deque>
#include <map>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/state_store.h"
#include "engine/ports/view_store.h"

namespace holdfast::simulated {

// Each is how often in 1,000 calls.
struct StoreFaults {
    std::uint32_t read_unavailable = 0;
    std::uint32_t write_unavailable = 0;
};

using SortedRows = std::map<std::string, std::string, std::less<>>;

class SimulatedStateStore final : public StateStore {
public:
    explicit SimulatedStateStore(std::uint64_t seed, StoreFaults faults = {})
        : random_(seed), faults_(faults) {}

    std::expected<std::vector<std::optional<std::string>>, Error> get(
        std::span<const std::string> keys) const override;
    std::expected<void, Error> scan(
        std::string_view from, std::string_view until,
        const std::function<bool(std::string_view key, std::string_view value)>& visit)
        const override;
    std::expected<void, Error> ingest(const CutRows& rows) override;

    void set_faults(StoreFaults faults) { faults_ = faults; }

private:
    mutable Seeded random_;
    StoreFaults faults_;
    SortedRows rows_;
};

class SimulatedViewStore final : public ViewStore {
public:
    explicit SimulatedViewStore(std::uint64_t seed, StoreFaults faults = {})
        : random_(seed), faults_(faults) {}

    std::expected<std::optional<std::string>, Error> get(std::string_view key) const override;
    std::expected<void, Error> scan(
        std::string_view from, std::string_view until, bool newest_first,
        const std::function<bool(std::string_view key, std::string_view value)>& visit)
        const override;
    std::expected<void, Error> write(const std::vector<Row>& rows) override;
    std::expected<void, Error> sync() override;

    void set_faults(StoreFaults faults) { faults_ = faults; }
    void crash();

private:
    void make_durable(std::size_t writes);

    mutable Seeded random_;
    StoreFaults faults_;
    SortedRows rows_, durable_;
    std::deque<std::vector<Row>> unsynced_;
};

}  // namespace holdfast::simulated
