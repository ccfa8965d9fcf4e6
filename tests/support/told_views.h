// ToldViews: a log, a store and the views between them: tell(), then read.
#pragma once

#include "engine/adapters/simulated/simulated_stores.h"
#include "projections/views.h"
#include "tests/support/teller.h"

namespace holdfast::projections {

class ToldViews : public Teller {
public:
    explicit ToldViews(const std::vector<View>& of = all_views())
        : projector(log, store, of, {.partitions = partitions}) {
        EXPECT_TRUE(projector.start());
    }
    // Folds all that was told.
    const Views& read() {
        for (;;) {
            const auto folded = projector.step();
            EXPECT_TRUE(folded) << folded.error().detail;
            if (!folded || *folded == 0) return views;
        }
    }

    simulated::SimulatedViewStore store{1};
    Projector projector;
    Views views{store, projector};
};

}  // namespace holdfast::projections
