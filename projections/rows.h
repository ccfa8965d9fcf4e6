// Rows: the rows of one view as its fold sees them: what this step changed, on top of what is
// stored.
//
// Order       a fold sees what it and the folds before it wrote.
// Invariant   a row that many records change is encoded and written once a step, however many they
//             are; until take() the store knows nothing of it.
// Lifetime    a row that find() or put() gave stays where it is until settle() or drop().
// Limits      rows stay decoded between steps up to `kept_bytes_max` of encoded bytes.
// Errors      of the store: error() says so, and find() gives null from then on.
// Threading   one thread.
#pragma once

#include <cassert>
#include <memory>
#include <unordered_map>
#include <utility>

#include "engine/ports/view_store.h"
#include "projections/keys.h"

namespace holdfast::projections {

// A row's bytes and back (row_codecs.cc); each row struct says its `family`, the first part of its
// keys, and tables.h names its table.
template <class T> std::string encoded(const T& row);
template <class T> std::optional<T> decoded(std::string_view bytes);

class Rows {
public:
    Rows(const ViewStore& store, std::string prefix) : store_(&store), prefix_(std::move(prefix)) {}

    // The row, as it is or to be changed; null when there is none.
    template <class T> const T* look(std::string_view key) {
        auto& slot = slot_of(joined({T::family, key}));
        if (!slot.row && slot.may_be_stored) load<T>(slot);
        return slot.row ? &static_cast<Held<T>&>(*slot.row).row : nullptr;
    }
    template <class T> T* find(std::string_view key) {
        if (!look<T>(key)) return nullptr;
        touch(last_->second);
        return &static_cast<Held<T>&>(*last_->second.row).row;
    }
    // The row, made new unless it is there.
    template <class T> T& find_or_put(std::string_view key, T row) {
        if (auto* found = find<T>(key)) return *found;
        return put(key, std::move(row));
    }
    template <class T> T& put(std::string_view key, T row) {
        auto& slot = slot_of(joined({T::family, key}));
        slot.row = std::make_unique<Held<T>>(std::move(row));
        touch(slot);
        return static_cast<Held<T>&>(*slot.row).row;
    }
    // A row that nothing changes again: written, not kept.
    template <class T> void append(std::string_view key, const T& row) {
        plain_.push_back({prefix_ + joined({T::family, key}), encoded(row)});
    }
    // Entries of an index: a key is all there is.
    void mark(std::string_view key) { plain_.push_back({prefix_ + std::string(key), ""}); }
    void unmark(std::string_view key) {
        plain_.push_back({prefix_ + std::string(key), std::nullopt});
    }

    const std::optional<Error>& error() const { return error_; }
    const std::string& prefix() const { return prefix_; }

    // Moves what is to be written to `to`.
    void take(std::vector<Row>& to);
    // What was taken is stored.
    void settle() {
        if (kept_bytes_ > kept_bytes_max) drop();
    }
    // Forgets everything that is not stored.
    void drop();

private:
    static constexpr std::size_t kept_bytes_max = 8 << 20;

    struct AnyRow {
        virtual ~AnyRow() = default;
        virtual std::string bytes() const = 0;
    };
    template <class T> struct Held final : AnyRow {
        explicit Held(T of) : row(std::move(of)) {}
        std::string bytes() const override { return encoded(row); }
        T row;
    };
    struct Slot {
        std::unique_ptr<AnyRow> row;
        bool is_touched = false;
        bool may_be_stored = true;
    };
    using Slots = std::unordered_map<std::string, Slot>;

    Slot& slot_of(std::string key) {
        last_ = &*slots_.try_emplace(std::move(key)).first;
        return last_->second;
    }
    void touch(Slot& slot) {
        if (std::exchange(slot.is_touched, true)) return;
        touched_.push_back(last_);
    }
    // The stored bytes of the slot that slot_of() found; nothing when there are none.
    std::optional<std::string> stored(Slot& slot);
    void damaged();
    template <class T> void load(Slot& slot) {
        const auto bytes = stored(slot);
        if (!bytes) return;
        auto row = decoded<T>(*bytes);
        if (!row) return damaged();
        slot.row = std::make_unique<Held<T>>(*std::move(row));
    }

    const ViewStore* store_;
    std::string prefix_;
    Slots slots_;
    Slots::value_type* last_ = nullptr;  // where slot_of() was; a map's nodes stay where they are
    std::vector<Slots::value_type*> touched_;
    std::vector<Row> plain_;
    std::size_t kept_bytes_ = 0;
    std::optional<Error> error_;
};

}  // namespace holdfast::projections
