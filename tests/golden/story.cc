#include "tests/golden/story.h"

#include "engine/domain/sale.h"
#include "engine/wire/crc32c.h"
#include "tests/support/moved.h"
#include "tests/support/sold.h"

namespace holdfast::golden {
namespace {

const LocationId warehouse = known<LocationId>("warehouse"), counter = known<LocationId>("counter");

MovementId movement(std::string_view id) { return known<MovementId>(id); }
ReservationId reservation(std::string_view id) { return known<ReservationId>(id); }
stock::Command receive(std::string_view id, const LocationId& at, std::int64_t quantity) {
    return stock::Receive{movement(id), at, pieces(quantity)};
}
stock::Command hold(std::string_view id, std::int64_t quantity) {
    return stock::Reserve{reservation(id), pieces(quantity), {}, {}, known<CustomerId>("c-7"), {}};
}
// As a key store would have sealed it; nobody opens it here.
Sealed sealed() { return {known<SubjectId>("c-7"), {1, 2, 3, 250, 251, 252}}; }
Charge carriage() {
    Charge charge{
        known<ChargeId>("post"), ChargeKind::shipping, known<Label>("Post"), amount(395), {}};
    charge.taxes.push_back({known<Label>("VAT"), known<Rate>(200'000), amount(79), false});
    return charge;
}
std::string parcel_of(const std::string& order) {
    return std::string(order::fulfillment_of(known<OrderId>(order), 1).raw());
}
std::string payment_of(const std::string& order) {
    return std::string(order::payment_of(known<OrderId>(order), 1).raw());
}

}  // namespace

Story::Story() {
    void* from = deciding_.data();
    auto size = deciding_.size();
    std::align(alignof(Deciding::Page), Deciding::bytes, from, size);
    shop_.deciding = {static_cast<std::byte*>(from), Deciding::bytes};
}

void Story::tell() {
    fill_the_shelves();
    reserve_and_let_go();
    sell_ship_cancel_and_return();
    fail_to_sell();
    wait_for_gateways();
    lose_an_order();
    run_short();
    refuse_what_cannot_be();
    take_from_a_topic();
}

template <class C>
void Story::post(const std::string& key, const std::string& stream, typename C::Command command,
                 std::optional<Version> expected) {
    wire::Command<C> record;
    auto& envelope = record.envelope;
    envelope.id = wire::command_id("storefront", key);
    envelope.fingerprint = envelope.id.low ^ envelope.id.high;
    envelope.client = "storefront";
    envelope.actor = "ann";
    envelope.channel = "web";
    envelope.reason = "golden";
    envelope.reference = key;
    if (key.starts_with("complete")) {
        envelope.metadata = R"({"told":true})";
        envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    }
    record.parts.push_back({stream, expected, std::move(command)});
    ASSERT_TRUE(shop_.engine().post(
        {C::number, stream, fb::Source::direct, wire::to_bytes(record), {}}, {}));
}

template <class C>
void Story::ask(const std::string& key, const std::string& stream, typename C::Command command,
                std::optional<Version> expected) {
    post<C>(key, stream, std::move(command), expected);
    shop_.run();
    shop_.clock.pass(1'000);
}

void Story::pass(Duration time) {
    shop_.clock.pass(time.raw());
    shop_.run();
}

void Story::open(const std::string& cart, std::vector<Line> lines) {
    totals_.insert_or_assign(cart, *total_of(lines, {carriage()}));
    ask<Cart>("open " + cart, cart,
              cart::Open{gbp(),
                         known<CustomerId>("c-7"),
                         known<CountryName>("United Kingdom"),
                         std::move(lines),
                         {carriage()},
                         sealed()});
}

void Story::complete(const std::string& cart, const std::string& token, bool outside) {
    auto tender = by_token(totals_.at(cart).raw(), token);
    tender.outside = outside;
    ask<Cart>("complete " + cart + " " + token, cart,
              cart::Complete{known<OrderId>("o-" + cart), {totals_.at(cart), gbp()}, {tender}});
}

void Story::fill_the_shelves() {
    ask<Stock>("l1", "@warehouse",
               stock::SetLocation{warehouse, known<Label>("Warehouse"), known<Priority>(0), true});
    ask<Stock>("l2", "@counter",
               stock::SetLocation{counter, known<Label>("Counter"), known<Priority>(1), true});
    ask<Stock>("m1", "mug", receive("m1", warehouse, 20));
    ask<Stock>("m2", "mug", receive("m2", counter, 5));
    ask<Stock>("m3", "pot", receive("m3", warehouse, 8));
    ask<Stock>("m4", "lid", receive("m4", warehouse, 3));
    ask<Stock>("p1", "lid",
               stock::SetPolicy{no_units,
                                no_units,
                                {},
                                no_units,
                                known<Units>(2),
                                known<Units>(1),
                                pieces(5),
                                pieces(9)});
    ask<Stock>("m5", "mug", stock::Adjust{movement("m5"), warehouse, known<Change>(-2)});
    ask<Stock>("m6", "pot",
               stock::Count{movement("m6"), warehouse, known<Units>(7), known<Units>(9)});
    ask<Stock>("m7", "pot",
               stock::Count{movement("m7"), warehouse, known<Units>(7), known<Units>(8)});
    ask<Stock>("m8", "mug",
               stock::Reclassify{movement("m8"), warehouse, pieces(2), stock::Bin::sellable,
                                 stock::Bin::damaged});
    ask<Stock>("m9", "mug",
               stock::WriteOff{movement("m9"), warehouse, pieces(1), stock::Bin::damaged});
}

void Story::reserve_and_let_go() {
    ask<Stock>("r1", "mug", hold("r1", 17));
    ask<Stock>("r1 again", "mug", hold("r1", 17));
    ask<Stock>("r1 longer", "mug", stock::Extend{reservation("r1"), known<Duration>(1'200'000)});
    ask<Stock>("r1 gone", "mug", stock::Release{reservation("r1"), {}, {}, {}});
    ask<Stock>("r2", "pot", hold("r2", 2));
    ask<Stock>("r3", "lid", hold("r3", 99));
    pass(shop_.policy.reservation_ttl_ms);
}

void Story::sell_ship_cancel_and_return() {
    open("a", {with_tax(with_discount(line("1", "mug", 3, 500), 100), 280),
               line("2", "pot", 2, 1'250), untracked(line("3", "voucher", 1, 1'000))});
    ask<Cart>("set", "a", cart::SetLine{line("4", "lid", 1, 200)});
    ask<Cart>("remove", "a", cart::RemoveLine{known<LineId>("4")});
    complete("a", "tok_approve");
    ask<Fulfillment>("accept", parcel_of("o-a"), fulfillment::Accept{});
    ask<Order>("cancel", "o-a",
               order::Cancel{known<CancellationId>("x1"), {{known<LineId>("1"), pieces(1)}}});
    ask<Fulfillment>("ship 1", parcel_of("o-a"),
                     fulfillment::Ship{known<ShipmentId>("s1"),
                                       {{known<LineId>("2"), pieces(2)}},
                                       known<Label>("Royal Mail"),
                                       known<Reference>("RM-1")});
    ask<Order>("cancel late", "o-a",
               order::Cancel{known<CancellationId>("x2"), {{known<LineId>("2"), pieces(1)}}});
    ask<Fulfillment>("ship 2", parcel_of("o-a"),
                     fulfillment::Ship{known<ShipmentId>("s2"), {}, {}, {}});
    ask<Order>("return", "o-a",
               order::Return{known<ReturnId>("b1"),
                             {{known<LineId>("2"), pieces(1), order::Condition::damaged}},
                             true,
                             true});
    ask<Payment>("refund", payment_of("o-a"),
                 payment::Refund{known<OperationId>("by-hand"), pounds(150)});
    ask<Cart>("set late", "a", cart::SetLine{line("4", "lid", 1, 200)});
}

void Story::fail_to_sell() {
    open("b", {line("1", "mug", 2, 500)});
    complete("b", "tok_decline");
    complete("b", "tok_approve");
    open("i", {line("1", "mug", 2, 500)});
    complete("i", "tok_approve");
    ask<Order>("cancel i", "o-i", order::Cancel{known<CancellationId>("x1"), {}});
    open("c", {line("1", "lid", 50, 200), line("2", "pot", 1, 1'250)});
    complete("c", "tok_approve");
    open("d", {line("1", "pot", 1, 1'250)});
    complete("d", "tok_capture_fails");
    ask<Fulfillment>("ship d", parcel_of("o-d"),
                     fulfillment::Ship{known<ShipmentId>("s1"), {}, {}, {}});
    open("e", {line("1", "pot", 1, 1'250)});
    complete("e", "outside", true);
    ask<Fulfillment>("reject e", parcel_of("o-e"), fulfillment::Reject{known<Label>("no stamps")});
    open("f", {line("1", "mug", 1, 500)});
    ask<Cart>("discard", "f", cart::Discard{});
}

void Story::wait_for_gateways() {
    open("g", {line("1", "mug", 1, 500)});
    complete("g", "tok_unknown_then_approve");
    pass(shop_.policy.gateway_ms);
    open("h", {line("1", "mug", 1, 500)});
    complete("h", "tok_timeout");
    pass(shop_.policy.gateway_ms);
    pass(shop_.policy.checkout_ms);
}

// The engine dies between a cart that froze and its order, and twice of the order.
void Story::lose_an_order() {
    open("j", {line("1", "mug", 1, 500)});
    const auto completed = [total = totals_.at("j")](std::string_view order) {
        return cart::Complete{
            known<OrderId>(order), {total, gbp()}, {by_token(total.raw(), "tok_approve")}};
    };
    post<Cart>("complete j", "j", completed("o-j"), {});
    const auto at = shop_.engine().partition_of(Cart::number, "j");
    const auto before = shop_.log.durable(at);
    shop_.part(at.partition % shop_.settings.shards);
    shop_.part(shop_.settings.shards);
    ASSERT_EQ(shop_.log.durable(at), before + 1);
    const auto batch = shop_.log.read(at, before).value();
    const auto record = wire::view_own(*batch.blob).records().back();
    const auto frozen = wire::read_decision<Cart>(record.bytes).value();
    const auto& begin = frozen.header.follow_ups.front();
    const auto id = wire::read_command<Order>(std::as_bytes(std::span(begin.command)))->envelope.id;
    const std::string order = "o-j";
    const auto stream = std::uint64_t{wire::crc32c(std::as_bytes(std::span(order)))} << 32;
    shop_.kill();
    for (int death = 0; death < 2; ++death)
        Deciding(shop_.deciding).place(0).begin({id.high, id.low ^ stream});
    shop_.start();
    shop_.run();
    pass(shop_.policy.checkout_ms);
    pass(known<Duration>(60'000));
    ask<Cart>("complete j again", "j", completed("o-j-2"));
}

void Story::run_short() {
    ask<Stock>("r4", "lid", hold("r4", 2));
    ask<Stock>("r5", "lid", hold("r5", 1));
    ask<Stock>("m10", "lid", stock::Count{movement("m10"), warehouse, known<Units>(1), {}});
    ask<Stock>("m11", "lid", receive("m11", warehouse, 4));
}

void Story::refuse_what_cannot_be() {
    ask<Stock>("m1", "mug", receive("m1", warehouse, 20));  // a repeat: no record
    ask<Stock>("m12", "mug", receive("m1", warehouse, 20));
    ask<Stock>("stale", "mug", receive("m13", warehouse, 1), Version{1});
    ask<Stock>("u1", "spoon", hold("r6", 1));
    ASSERT_TRUE(shop_.engine().post(
        {Stock::number, "mug", fb::Source::direct, "these bytes say nothing", {}}, {}));
    shop_.run();
    const auto poison = wire::command_id("storefront", "poison");
    for (int death = 0; death < 2; ++death)
        Deciding(shop_.deciding).place(0).begin({poison.high, poison.low});
    shop_.crash();
    ask<Stock>("poison", "pot", receive("m14", warehouse, 1));
    pass(shop_.policy.claim_ms);
}

void Story::take_from_a_topic() {
    wire::Command<Stock> command;
    command.envelope.id = wire::command_id("storefront", "topic");
    command.envelope.client = "storefront";
    command.parts.push_back({"mug", {}, receive("m15", warehouse, 1)});
    const auto at = shop_.engine().partition_of(Stock::number, "mug");
    const auto give = [&](std::uint64_t offset, std::uint64_t follows, std::string bytes,
                          std::shared_ptr<const TurnedAway> why) {
        Input input{{fb::Source::commands_topic, offset, {}, 0, 0}, std::move(bytes)};
        input.follows = follows;
        input.turned_away = std::move(why);
        shop_.engine().give(at, std::move(input), {});
        shop_.run();
    };
    give(3, 0, wire::to_bytes(command), {});
    give(4, 4, wire::to_bytes(command), {});  // the same again
    TurnedAway why;
    why.envelope.id = wire::command_id("storefront", "nonsense");
    why.envelope.client = "storefront";
    why.objection = {"text_is_not_json", 400, R"({"type":"/problems/text_is_not_json"})", 8};
    give(6, 5, R"({"kind":)", std::make_shared<const TurnedAway>(why));
}

void Story::go_on_in(std::uint16_t partitions) {
    open("k", {line("1", "mug", 1, 500), line("2", "pot", 1, 1'250)});
    ask<Stock>("r7", "pot", hold("r7", 1));
    move_to(shop_, partitions);
    complete("k", "tok_approve");
    ask<Stock>("l3", "@counter",
               stock::SetLocation{counter, known<Label>("Counter"), known<Priority>(2), false});
    ask<Stock>("m1", "mug", receive("m1", warehouse, 20));  // a repeat: no record
    ask<Stock>("m16", "mug", receive("m1", warehouse, 20));
    ask<Fulfillment>("ship k", parcel_of("o-k"),
                     fulfillment::Ship{known<ShipmentId>("s1"), {}, {}, {}});
    pass(shop_.policy.reservation_ttl_ms);
}

std::vector<std::pair<PartitionId, StoredBatch>> Story::batches() {
    std::vector<std::pair<PartitionId, StoredBatch>> all;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t p = 0; p < shop_.engine().settings().partitions; ++p)
            for (Sequence from = 0; from < shop_.log.durable({context, p});) {
                all.emplace_back(PartitionId{context, p},
                                 shop_.log.read({context, p}, from).value());
                from += all.back().second.count;
            }
    return all;
}

}  // namespace holdfast::golden
