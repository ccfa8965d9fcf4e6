// A naive book of one SKU: plain maps and full scans, no counters, nothing shared with the rules.
// It believes the events and complains when one of them cannot be.
#pragma once

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "stock_tables.h"
#include "tests/support/shown.h"

namespace holdfast::stock {

struct Promise {
    std::map<LocationId, std::int64_t> at;
    std::optional<OrderId> order;
    std::optional<CustomerId> customer;
    bool committed = false;
    Time until = known<Time>(0);
    std::int64_t units() const {
        std::int64_t sum = 0;
        for (const auto& [location, count] : at) sum += count;
        return sum;
    }
};

class Book {
public:
    std::map<std::pair<LocationId, Bin>, std::int64_t> bins;
    std::map<ReservationId, Promise> promises;
    std::set<LocationId> open_to_orders;
    std::int64_t safety = 0, customer_max = 0, cart_max = 0;

    std::int64_t promised(const LocationId& location) const {
        std::int64_t sum = 0;
        for (const auto& [id, promise] : promises)
            if (promise.at.contains(location)) sum += promise.at.at(location);
        return sum;
    }
    std::int64_t sellable(const LocationId& location) const {
        const auto found = bins.find({location, Bin::sellable});
        return found == bins.end() ? 0 : found->second;
    }
    std::int64_t free(const LocationId& location) const {
        return std::max<std::int64_t>(0, sellable(location) - promised(location));
    }
    std::int64_t missing(const LocationId& location) const {
        return std::max<std::int64_t>(0, promised(location) - sellable(location));
    }
    std::int64_t free_to_orders(const std::optional<LocationId>& only) const {
        std::int64_t sum = -safety;
        for (const auto& location : open_to_orders) sum += free(location);
        if (only) sum = std::min(sum, free(*only));
        return std::max<std::int64_t>(0, sum);
    }
    std::int64_t open_of(const CustomerId& customer) const {
        std::int64_t sum = 0;
        for (const auto& [id, promise] : promises)
            if (promise.customer == customer) sum += promise.units();
        return sum;
    }
    bool allows(const std::optional<CustomerId>& customer, std::int64_t more) const {
        return !customer || customer_max == 0 || open_of(*customer) + more <= customer_max;
    }
    bool allows(std::int64_t of_one_order) const {
        return cart_max == 0 || of_one_order <= cart_max;
    }

    void note(const Event& event, Time now) {
        now_ = now;
        std::visit([this](const auto& happened) { believe(happened); }, event);
    }

private:
    void believe(const LocationSet&) {}
    void believe(const PolicySet& set) {
        safety = set.safety.raw();
        customer_max = set.customer_max ? set.customer_max->raw() : 0;
        cart_max = set.cart_max ? set.cart_max->raw() : 0;
    }
    void believe(const Received& e) { move(e.location, Bin::sellable, e.quantity.raw()); }
    void believe(const Adjusted& e) {
        if (e.change.raw() < 0) {
            EXPECT_LE(-e.change.raw(), free(e.location)) << shown(Event(e));
        }
        move(e.location, Bin::sellable, e.change.raw());
    }
    void believe(const Counted& e) {
        const auto on_hand = sellable(e.location) + bins[{e.location, Bin::damaged}] +
                             bins[{e.location, Bin::quarantined}];
        EXPECT_EQ(e.before.raw(), on_hand);
        move(e.location, Bin::sellable, e.counted.raw() - on_hand);
    }
    void believe(const Reclassified& e) {
        move(e.location, e.from, -e.quantity.raw());
        move(e.location, e.to, e.quantity.raw());
    }
    void believe(const WrittenOff& e) { move(e.location, e.from, -e.quantity.raw()); }
    void believe(const Reserved& e) {
        const bool is_new = !promises.contains(e.reservation);
        auto& promise = promises[e.reservation];
        if (is_new) promise.until = e.expires_at_ms;
        promise.customer = e.customer;
        if (e.order) promise.order = e.order;
        for (const auto& split : e.splits) {
            EXPECT_LE(split.quantity.raw(), free(split.location))
                << "a unit was promised twice: " << shown(Event(e));
            EXPECT_TRUE(open_to_orders.contains(split.location));
            promise.at[split.location] += split.quantity.raw();
        }
    }
    void believe(const Extended& e) {
        EXPECT_GT(of(e).until, now_);
        of(e).until = e.expires_at_ms;
    }
    void believe(const Released& e) {
        for (const auto& split : e.splits)
            take(e.reservation, split.location, split.quantity.raw());
    }
    void believe(const Claimed& e) {
        EXPECT_TRUE(!of(e).order && of(e).until > now_) << shown(Event(e));
        of(e).order = e.order;
        of(e).until = e.expires_at_ms;
    }
    void believe(const Unclaimed& e) {
        EXPECT_EQ(of(e).order, e.order);
        of(e).order.reset();
        of(e).committed = false;
        of(e).until = e.expires_at_ms;
    }
    void believe(const Committed& e) {
        EXPECT_TRUE(of(e).order ? of(e).order == e.order : of(e).until > now_) << shown(Event(e));
        of(e).order = e.order;
        of(e).committed = true;
    }
    void believe(const Uncommitted& e) {
        EXPECT_TRUE(of(e).committed && of(e).order == e.order);
        of(e).committed = false;
        of(e).until = e.expires_at_ms;
    }
    void believe(const Expired& e) {
        EXPECT_TRUE(!of(e).order && of(e).until <= now_) << shown(Event(e));
        promises.erase(e.reservation);
    }
    void believe(const ClaimLapsed& e) {
        EXPECT_TRUE(of(e).order == e.order && !of(e).committed && of(e).until <= now_);
        of(e).until = e.ask_again_at_ms;
    }
    void believe(const Shipped& e) {
        EXPECT_TRUE(of(e).committed && of(e).order == e.order);
        move(e.location, Bin::sellable, e.found.raw() - e.quantity.raw());
        take(e.reservation, e.location, e.quantity.raw());
    }
    void believe(const Restocked& e) { move(e.location, e.into, e.quantity.raw()); }
    void believe(const FellShort& e) { name(e.gaps); }
    void believe(const Healed& e) { name(e.gaps); }

    template <class E> Promise& of(const E& e) { return promises.at(e.reservation); }
    void move(const LocationId& location, Bin bin, std::int64_t units) {
        auto& count = bins[{location, bin}];
        count += units;
        EXPECT_GE(count, 0) << "a bin below zero at " << location.raw();
    }
    void take(const ReservationId& id, const LocationId& location, std::int64_t units) {
        auto& promise = promises.at(id);
        auto& count = promise.at.at(location);
        EXPECT_GE(count, units);
        count -= units;
        if (count == 0) promise.at.erase(location);
        if (promise.at.empty()) promises.erase(id);
    }
    void name(const Gaps& gaps) {
        for (const auto& gap : gaps)
            EXPECT_LE(gap.quantity.raw(), promises.at(gap.reservation).at.at(gap.location));
    }

    Time now_ = known<Time>(0);
};

}  // namespace holdfast::stock
