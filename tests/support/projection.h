// Projection: a log that is told things, a store in memory, and projectors between the two.
#pragma once

#include <algorithm>

#include "engine/adapters/simulated/simulated_stores.h"
#include "projections/views.h"
#include "tests/support/teller.h"

namespace holdfast::projections {

using simulated::SimulatedViewStore;

class Projection : public ::testing::Test, public Teller {
protected:
    // Folds until there is nothing to do.
    void run(Projector& projector) {
        for (auto folded = projector.step(); folded.value() != 0;) folded = projector.step();
    }
    using Kept = std::vector<std::pair<std::string, std::string>>;
    static Kept rows_in(const ViewStore& store, std::string_view prefix = "") {
        Kept rows;
        const auto scanned = store.scan(prefix, "~", false, [&](auto key, auto value) {
            if (!key.starts_with(prefix)) return false;
            rows.emplace_back(key, value);
            return true;
        });
        EXPECT_TRUE(scanned);
        return rows;
    }
    // Says where two stores differ first.
    static ::testing::AssertionResult same(const Kept& a, const Kept& b) {
        const auto [left, right] = std::ranges::mismatch(a, b);
        if (left == a.end() && right == b.end()) return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure()
               << "they differ at " << (left == a.end() ? right->first : left->first);
    }
    // The rows of all that was told, made in one go.
    Kept undisturbed() {
        SimulatedViewStore rows(1);
        Projector projector(log, rows, all_views(), settings);
        EXPECT_TRUE(projector.start());
        run(projector);
        return rows_in(rows);
    }
    static constexpr Projector::Settings settings{.partitions = partitions};
    static constexpr Projector::Settings one_record{.partitions = partitions, .records_max = 1};

    SimulatedViewStore store{1};
};

}  // namespace holdfast::projections
