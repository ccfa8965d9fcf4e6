// SharedRows: the changes that several engines wrote, in memory; and SimulatedTable, one engine's
// end of it. It is told of what others wrote when it writes, or catches up: no sooner.
//
// Lifetime   the SharedRows outlive their tables.
// Threading  as the port.
// Errors     unavailable while the rows do not answer: every second time what was to be written is
//            written all the same.
#pragma once

#include <map>
#include <mutex>

#include "engine/ports/shared_table.h"

namespace holdfast::simulated {

class SharedRows {
public:
    // Drops what was changed again later, and what says that a row is gone.
    void compact();
    // As many as there are now.
    std::size_t size() const;
    bool answers = true;

private:
    friend class SimulatedTable;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, SharedTable::Row> changes_;  // by their place in the order
    std::uint64_t next_ = 0;
    bool writes_unheard_ = false;
};

class SimulatedTable final : public SharedTable {
public:
    explicit SimulatedTable(SharedRows& rows) : rows_(rows) {}

    std::expected<void, Error> follow(Told told) override;
    std::expected<void, Error> write(const std::vector<Row>& rows) override;
    std::expected<void, Error> catch_up() override;

private:
    SharedRows& rows_;
    std::mutex telling_;
    Told told_;
    std::uint64_t next_ = 0;
};

}  // namespace holdfast::simulated
