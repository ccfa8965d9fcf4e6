// given(events...).when(command, at).then(events...) or .then_rejected(why, detail), for any
// context.
//
//     template <class... Past> Scenario<Stock> given(const Past&... past) { return {past...}; }
//
// Order      `when` decides on what happened before and lets it happen, so that steps may be
//            chained.
// Invariant  no rule of the context is broken after any of them.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "engine/domain/contexts.h"
#include "tests/support/shown.h"

namespace holdfast {

template <class C> class Scenario {
public:
    using Event = typename C::Event;

    template <class... Past> Scenario(const Past&... past) { (happen(Event(past)), ...); }

    // What the server is set to.
    Scenario& under(const Policy& policy) { return policy_ = policy, *this; }
    // The command's natural id was used once already.
    Scenario& again() { return seen_before_ = true, *this; }

    Scenario& when(const typename C::Command& command, Time at) {
        decided_ = decide(state_, command, Terms{at, 8, policy_, locations_, seen_before_});
        if (!decided_) return *this;
        for (const auto& event : *decided_) happen(event);
        EXPECT_EQ(broken_rule(state_), std::nullopt);
        return *this;
    }
    template <class... Expected> Scenario& then(const Expected&... expected) {
        const std::vector<Event> events{Event(expected)...};
        if (!decided_) {
            ADD_FAILURE() << "refused: " << name_of(decided_.error().why) << ", detail "
                          << decided_.error().detail;
        } else if (decided_->size() != events.size()) {
            ADD_FAILURE() << "other events: " << shown(*decided_);
        } else {
            for (std::size_t i = 0; i < events.size(); ++i)
                EXPECT_TRUE(same_fields((*decided_)[i], events[i]))
                    << "event " << i << " is " << shown((*decided_)[i]) << "\n  and not "
                    << shown(events[i]);
        }
        return *this;
    }
    Scenario& then_rejected(typename C::Rejection why, std::int64_t detail = 0) {
        if (decided_) {
            ADD_FAILURE() << "accepted: " << shown(*decided_);
            return *this;
        }
        EXPECT_EQ(decided_.error().why, why) << "refused: " << name_of(decided_.error().why);
        EXPECT_EQ(decided_.error().detail, detail);
        return *this;
    }
    const typename C::State& state() const { return state_; }

private:
    static std::string_view name_of(typename C::Rejection why) { return explain(why).name; }
    void happen(const Event& event) {
        evolve(state_, event);
        if constexpr (requires { evolve(locations_, event); }) evolve(locations_, event);
    }

    typename C::State state_;
    stock::Locations locations_;
    Policy policy_;
    bool seen_before_ = false;
    Decided<Event, typename C::Rejection> decided_;
};

}  // namespace holdfast
