#include "tests/property/stock_book.h"
#include "tests/support/random.h"

namespace holdfast::stock {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr auto after_all = known<Time>(time_max_ms);

// One SKU in the hands of careless people: random commands, and a timer that is often late.
class World {
public:
    explicit World(std::uint64_t sequence) : random_(sequence) {
        policy_.claim_ms = known<Duration>(30 * minute_ms);
        for (const auto* name : {"a", "b", "c"}) set_location(known<LocationId>(name));
        command(Receive{movement(), known<LocationId>("a"), quantity(50)});
    }

    void step() {
        now_ = later(now_, known<Duration>(random_.one_in(3) ? random_.between(0, 4) * minute_ms
                                                             : random_.between(0, 100)));
        if (random_.one_in(60)) return set_location(location());
        if (random_.one_in(40)) return command(policy());
        if (random_.one_in(4)) return command(movement_command());
        if (random_.one_in(8)) return command(Expire{});
        command(reservation_command());
    }

    void check() {
        const auto broken = broken_rule(sku_);
        ASSERT_EQ(broken, std::nullopt);
        ASSERT_EQ(sku_.reservations.size(), book_.promises.size());
        for (const auto& shelf : sku_.shelves) {
            const auto& at = shelf.location;
            ASSERT_EQ((shelf.reserved + shelf.committed).raw(), book_.promised(at));
            ASSERT_EQ((shelf.on_hand - shelf.damaged - shelf.quarantined).raw(),
                      book_.sellable(at));
            if (is_settled()) {
                ASSERT_EQ(shelf.short_of.raw(), book_.missing(at));
            }
        }
    }

    // What the log holds gives the same state, which goes on as if nothing had been.
    void rebuild_from_events() {
        State again;
        for (const auto& event : history_) evolve(again, event);
        ASSERT_EQ(again.members(), sku_.members());
        ASSERT_EQ(again.reservations, sku_.reservations);
        State loaded;
        loaded.members() = sku_.members();
        sku_.reservations.each([&](const auto& entry) {
            loaded.reservations.restore(entry.key, entry.value, entry.number);
        });
        loaded.reservations.restored(sku_.reservations.next_number());
        restored(loaded);
        ASSERT_EQ(deadline(loaded), deadline(sku_));
        sku_ = random_.one_in(2) ? std::move(again) : std::move(loaded);
        check();
    }

    // Orders let go of what is theirs, time does the rest.
    void end() {
        for (const auto& [id, promise] : std::map(book_.promises))
            if (promise.order) command(Release{id, {}, promise.order, {}});
        now_ = later(now_, known<Duration>(86'400'000));
        const auto is_due = [&] { return deadline(sku_).value_or(after_all) <= now_; };
        for (int round = 0; round < 1'000 && is_due(); ++round) command(Expire{});
        check();
        ASSERT_EQ(deadline(sku_), std::nullopt);
        ASSERT_TRUE(sku_.reservations.empty());
        for (const auto& shelf : sku_.shelves)
            ASSERT_EQ(shelf.reserved + shelf.committed + shelf.short_of, no_units);
    }

private:
    LocationId location() { return known<LocationId>(random_.pick(std::array{"a", "b", "c"})); }
    ReservationId reservation() { return known<ReservationId>(random_.name("r", 12)); }
    OrderId order() { return known<OrderId>(random_.name("o", 3)); }
    Quantity quantity(std::int64_t most) { return known<Quantity>(random_.between(1, most)); }
    Bin bin() { return static_cast<Bin>(random_.between(1, 3)); }
    MovementId movement() { return known<MovementId>(random_.name("m", 1'000'000)); }
    template <class Make> auto perhaps(Make make) {
        return random_.one_in(2) ? std::optional(make()) : std::nullopt;
    }
    // An order that has to do with the reservation, for the most part.
    OrderId order_of(const ReservationId& id) {
        const auto found = book_.promises.find(id);
        const auto other = order();
        if (found == book_.promises.end() || random_.one_in(5)) return other;
        return found->second.order.value_or(other);
    }

    Command policy() {
        SetPolicy set{no_units, no_units, {}, no_units, no_units, no_units, {}, {}};
        set.safety = known<Units>(random_.between(0, 3));
        if (random_.one_in(2)) set.customer_max = quantity(30);
        if (random_.one_in(2)) set.cart_max = quantity(12);
        return set;
    }
    Command movement_command() {
        const auto at = location();
        switch (random_.between(1, 7)) {
            case 1: return Adjust{movement(), at, known<Change>(random_.between(-8, 8))};
            case 2: return Count{movement(), at, known<Units>(random_.between(0, 30)), {}};
            case 3: return Reclassify{movement(), at, quantity(6), bin(), bin()};
            case 4: return WriteOff{movement(), at, quantity(6), bin()};
            case 5: return Restock{known<ReturnId>("r"), order(), at, quantity(5), bin()};
            default: return Receive{movement(), at, quantity(15)};
        }
    }
    Command reservation_command() {
        const auto id = reservation();
        const auto owner = order_of(id);
        const auto place = [&] { return location(); };
        switch (random_.between(1, 14)) {
            case 1: return Extend{id, {}};
            case 2: return Release{id, {}, perhaps([&] { return owner; }), {}};
            case 3: return Release{id, quantity(4), owner, perhaps(place)};
            case 4: return Unclaim{id, owner};
            case 5:
            case 6: return Claim{id, owner, quantity(12)};
            case 7:
            case 8: return Commit{id, owner};
            case 9: return Uncommit{id, owner};
            case 10:
            case 11: return Ship{id, owner, known<ShipmentId>("s"), location(), quantity(6)};
            default:
                return Reserve{id,
                               quantity(12),
                               random_.one_in(4) ? std::optional(location()) : std::nullopt,
                               {},
                               perhaps([&] { return known<CustomerId>(random_.name("c", 2)); }),
                               random_.one_in(3) ? std::optional(owner) : std::nullopt};
        }
    }

    void set_location(const LocationId& id) {
        const LocationSet set{id, {}, known<Priority>(random_.between(0, 2)), !random_.one_in(4)};
        evolve(locations_, Event(set));
        if (set.accepts_orders)
            book_.open_to_orders.insert(id);
        else
            book_.open_to_orders.erase(id);
    }

    void command(const Command& said) {
        const auto decided = decide(sku_, said, terms());
        if (is_settled()) std::visit([&](const auto& known) { judge(known, decided); }, said);
        if (!decided) return;
        for (const auto& event : *decided) {
            evolve(sku_, event);
            book_.note(event, now_);
            history_.push_back(event);
        }
        if (!decided->empty()) repeat(said);
    }
    // The same wish again changes nothing. A part that was released, or a movement, is another.
    void repeat(const Command& said) {
        const auto* release = std::get_if<Release>(&said);
        const bool another = natural_id(said) || std::holds_alternative<Ship>(said) ||
                             std::holds_alternative<Restock>(said) ||
                             std::holds_alternative<Expire>(said) ||
                             (release && (release->quantity || !release->order));
        if (another) return;
        const auto decided = decide(sku_, said, terms());
        EXPECT_TRUE(decided && decided->empty()) << shown(said);
    }

    // ---- what must come of it, by the book ----

    static void expect(const Decision& decided, Rejection why, std::int64_t detail = 0) {
        ASSERT_FALSE(decided) << "not refused: " << explain(why).name;
        EXPECT_EQ(decided.error().why, why) << explain(decided.error().why).name;
        EXPECT_EQ(decided.error().detail, detail);
    }
    template <class Other> void judge(const Other&, const Decision&) {}
    void judge(const Reserve& reserve, const Decision& decided) {
        if (book_.promises.contains(reserve.reservation)) return;
        const auto wanted = reserve.quantity.raw();
        if (reserve.order && !book_.allows(wanted))
            return expect(decided, Rejection::cart_limit_is_exceeded, book_.cart_max);
        if (!book_.allows(reserve.customer, wanted))
            return expect(decided, Rejection::customer_limit_is_exceeded, book_.customer_max);
        if (reserve.location && !book_.open_to_orders.contains(*reserve.location))
            return expect(decided, Rejection::location_does_not_accept_orders);
        const auto free = book_.free_to_orders(reserve.location);
        if (wanted > free) return expect(decided, Rejection::stock_is_insufficient, free);
        ASSERT_TRUE(decided) << shown(Command(reserve));
        ASSERT_EQ(decided->size(), 1U);
        std::int64_t sum = 0;
        for (const auto& split : std::get<Reserved>(decided->front()).splits)
            sum += split.quantity.raw();
        EXPECT_EQ(sum, wanted);
    }
    void judge(const Claim& claim, const Decision& decided) {
        const auto found = book_.promises.find(claim.reservation);
        if (found == book_.promises.end())
            return expect(decided, Rejection::reservation_is_unknown);
        const auto& [id, promise] = *found;
        if (promise.order && promise.order != claim.order)
            return expect(decided, Rejection::reservation_belongs_to_another_order);
        if (promise.order) return;
        if (promise.until <= now_) return expect(decided, Rejection::reservation_has_expired);
        if (!book_.allows(claim.quantity.raw()))
            return expect(decided, Rejection::cart_limit_is_exceeded, book_.cart_max);
        const auto more = claim.quantity.raw() - promise.units();
        if (more > 0 && !book_.allows(promise.customer, more))
            return expect(decided, Rejection::customer_limit_is_exceeded, book_.customer_max);
        const auto free = book_.free_to_orders({});
        if (more > free)
            return expect(decided, Rejection::stock_is_insufficient, promise.units() + free);
        ASSERT_TRUE(decided) << shown(Command(claim));
    }
    void judge(const Commit& commit, const Decision& decided) {
        const auto found = book_.promises.find(commit.reservation);
        if (found == book_.promises.end())
            return expect(decided, Rejection::reservation_is_unknown);
        const auto& [id, promise] = *found;
        if (promise.order == commit.order) {
            EXPECT_TRUE(decided) << "a commit of what the order had claimed was refused";
        } else if (promise.order) {
            expect(decided, Rejection::reservation_belongs_to_another_order);
        } else if (promise.until <= now_) {
            expect(decided, Rejection::reservation_has_expired);
        }
    }
    void judge(const Adjust& adjust, const Decision& decided) {
        if (adjust.change.raw() == 0) return expect(decided, Rejection::change_is_zero);
        const auto free = book_.free(adjust.location);
        if (-adjust.change.raw() > free) expect(decided, Rejection::stock_is_insufficient, free);
    }

    // No shelf waits for the timer to name who lost or got back units.
    bool is_settled() const { return deadline(sku_) != known<Time>(0); }
    Terms terms() const { return {now_, 8, policy_, locations_, false}; }

    Random random_;
    Time now_ = known<Time>(1'900'000'000'000);
    Policy policy_;
    Locations locations_;
    State sku_;
    Book book_;
    std::vector<Event> history_;
};

TEST(StockProperty, keeps_its_promises_whatever_is_asked_in_whatever_order) {
    for (std::uint64_t world = 1; world <= 100 && !testing::Test::HasFailure(); ++world) {
        SCOPED_TRACE(testing::Message() << "world " << world);
        World stock(world);
        for (int step = 0; step < 1'000 && !testing::Test::HasFailure(); ++step) {
            stock.step();
            stock.check();
            if (step % 200 == 199) stock.rebuild_from_events();
        }
        if (!testing::Test::HasFailure()) stock.end();
    }
}

}  // namespace
}  // namespace holdfast::stock
