// Ids: which commands a partition decided, and where their records stand.
//
// Invariant  depends only on the records taken, in their order: a replay knows the same ones.
// Limits     in memory: what no ingested cut holds yet, 48 bytes an id at most; the rest are rows,
//            about 40 bytes each, which stay (docs/adr/0006-ids-stay.md). Who finds one minds its
//            age.
#pragma once

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "engine/ports/state_store.h"
#include "engine/runtime/rows.h"
#include "engine/wire/state.h"

namespace holdfast {

// What is known of a command that was decided.
struct KnownCommand {
    Sequence sequence = 0;
    std::uint64_t fingerprint = 0;
    std::int64_t at_ms = 0;
    auto members() { return std::tie(sequence, fingerprint, at_ms); }
};

// Open addressing, at most half full; an id of zero is a free slot.
class IdTable {
public:
    const KnownCommand* find(const wire::CommandId& id) const {
        if (slots_.empty()) return nullptr;
        const auto& slot = slots_[place_of(id)];
        return slot.id == id ? &slot.known : nullptr;
    }
    // For a find() or add() soon: the slots of many ids lie anywhere.
    void prefetch(const wire::CommandId& id) const {
        if (!slots_.empty()) __builtin_prefetch(&slots_[id.low & (slots_.size() - 1)]);
    }
    void add(const wire::CommandId& id, const KnownCommand& known) {
        if (2 * (used_ + 1) > slots_.size()) grow();
        auto& slot = slots_[place_of(id)];
        used_ += !slot.id;
        slot = {id, known};
    }
    template <class Visit> void each(Visit visit) const {
        for (const auto& slot : slots_)
            if (slot.id) visit(slot.id, slot.known);
    }
    std::size_t size() const { return used_; }

private:
    struct Slot {
        wire::CommandId id;
        KnownCommand known;
    };
    // Ids are hashes already: their bits are as good as random.
    std::size_t place_of(const wire::CommandId& id) const {
        auto place = id.low & (slots_.size() - 1);
        while (slots_[place].id && slots_[place].id != id)
            place = (place + 1) & (slots_.size() - 1);
        return place;
    }
    void grow() {
        auto old = std::exchange(slots_, std::vector<Slot>(std::bit_ceil(4 * (used_ + 8))));
        for (const auto& slot : old)
            if (slot.id) slots_[place_of(slot.id)] = slot;
    }
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

class Ids {
public:
    Ids(PartitionId at, RowKind kind) : at_(at), kind_(kind) {}

    // In memory only; what is not found may still be a row: row_of().
    const KnownCommand* find(const wire::CommandId& id) const {
        if (const auto* known = fresh_.find(id)) return known;
        return cut_.find(id);
    }
    const KnownCommand* find_fresh(const wire::CommandId& id) const { return fresh_.find(id); }
    void prefetch(const wire::CommandId& id) const {
        fresh_.prefetch(id);
        cut_.prefetch(id);
    }
    std::string row_of(const wire::CommandId& id) const { return id_row(at_, kind_, id); }
    void add(const wire::CommandId& id, const KnownCommand& known) { fresh_.add(id, known); }
    std::size_t fresh() const { return fresh_.size(); }

    // The rows of what was added since the last cut, by id. They stay in memory until it is
    // ingested.
    void cut(CutRows& rows) {
        std::vector<std::pair<wire::CommandId, KnownCommand>> added;
        added.reserve(fresh_.size());
        fresh_.each([&](const wire::CommandId& id, const KnownCommand& known) {
            added.emplace_back(id, known);
        });
        std::ranges::sort(added, {}, &std::pair<wire::CommandId, KnownCommand>::first);
        std::string value;
        for (const auto& [id, known] : added) {
            value.clear();
            wire::encode(value, known);
            rows.add({row_of(id)}, value);
        }
        cut_ = std::exchange(fresh_, IdTable());
    }
    void ingested() { cut_ = IdTable(); }

private:
    PartitionId at_;
    RowKind kind_;
    IdTable fresh_, cut_;
};

}  // namespace holdfast
