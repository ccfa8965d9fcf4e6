// Ids: which commands a partition decided, and where their records stand.
//
// Invariant  depends only on the records taken, in their order: a replay knows the same ones.
// Limits     in memory: what no ingested cut holds yet, 80 to 160 bytes an id; the rest are rows,
//            about 40 bytes each, which stay (docs/adr/0006-ids-stay.md). Who finds one minds its
//            age.
#pragma once

#include <algorithm>
#include <bit>
#include <memory>
#include <optional>
#include <vector>

#include "engine/domain/fetch_ahead.h"
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

// A command's own id, for ever: per stream, so that two SKUs may have one movement id.
template <class Command>
std::optional<wire::CommandId> natural_id_of(const std::string& key, const Command& command) {
    if constexpr (requires { natural_id(command); })
        if (const auto own = natural_id(command)) return wire::command_id(key, *own);
    return {};
}

// Open addressing, at most half full; an id of zero is a free slot. each() visits in about the ids'
// order: the rows that are made of them lie in memory almost as they are written.
class IdTable {
public:
    explicit IdTable(std::size_t room = 0) {
        if (room != 0) slots_.resize(std::bit_ceil(2 * room + 2));
    }
    const KnownCommand* find(const wire::CommandId& id) const {
        if (slots_.empty()) return nullptr;
        const auto& slot = slots_[place_of(id)];
        return slot.id == id ? &slot.known : nullptr;
    }
    // For a find() or add() soon: the slots of many ids lie anywhere.
    void prefetch(const wire::CommandId& id) const {
        if (!slots_.empty()) fetch_ahead(&slots_[home_of(id)]);
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
    // Ids are hashes already: their bits are as good as random. The first ones, so that what comes
    // first in the order of ids stands first.
    std::size_t home_of(const wire::CommandId& id) const {
        return id.high >> (64 - std::countr_zero(slots_.size()));
    }
    std::size_t place_of(const wire::CommandId& id) const {
        auto place = home_of(id);
        while (slots_[place].id && slots_[place].id != id)
            place = (place + 1) & (slots_.size() - 1);
        return place;
    }
    void grow() {
        auto old =
            std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(16, 2 * slots_.size())));
        for (const auto& slot : old)
            if (slot.id) slots_[place_of(slot.id)] = slot;
    }
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

class Ids {
public:
    Ids(PartitionId at, RowKind kind) : prefix_(row_prefix(at, kind)) {}

    // In memory only; what is not found may still be a row: make_row().
    const KnownCommand* find(const wire::CommandId& id) const {
        if (const auto* known = fresh_.find(id)) return known;
        return cut_->find(id);
    }
    const KnownCommand* find_fresh(const wire::CommandId& id) const { return fresh_.find(id); }
    void prefetch(const wire::CommandId& id) const {
        fresh_.prefetch(id);
        cut_->prefetch(id);
    }
    void make_row(const wire::CommandId& id, std::string& to) const {
        make_id_row(prefix_, id, to);
    }
    void add(const wire::CommandId& id, const KnownCommand& known) { fresh_.add(id, known); }
    std::size_t fresh() const { return fresh_.size(); }

    // The rows of what was added since the last cut. They stay in memory until it is ingested.
    void cut(CutRows& rows) {
        if (fresh_.size() == 0) return;
        cut_ = std::make_shared<const IdTable>(
            std::exchange(fresh_, IdTable(fresh_.size())));  // the next cut's are about as many
        rows.section(prefix_.size(), [prefix = prefix_, table = cut_](CutRows& to) {
            std::string key, value;
            table->each([&](const wire::CommandId& id, const KnownCommand& known) {
                make_id_row(prefix, id, key);
                value.clear();
                wire::encode(value, known);
                to.add({key}, value);
            });
        });
    }
    void ingested() { cut_ = nothing(); }

private:
    static std::shared_ptr<const IdTable> nothing() { return std::make_shared<const IdTable>(); }

    std::string prefix_;
    IdTable fresh_;
    std::shared_ptr<const IdTable> cut_ = nothing();  // read by who makes its rows, too
};

}  // namespace holdfast
