// What outsiders are told of each event, word for word.
#include <regex>

#include <gmock/gmock.h>

#include "projections/asyncapi.h"
#include "tests/support/sold.h"
#include "tests/support/told_feeds.h"

namespace holdfast::projections {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Values = std::vector<std::string>;

constexpr auto o_1 = known<OrderId>("o-1");
constexpr auto p_1 = known<PaymentId>("o-1-p1");
constexpr auto op_1 = known<OperationId>("op-1");
constexpr auto f_1 = known<FulfillmentId>("o-1.1");
constexpr auto north = known<LocationId>("north");
constexpr auto line_1 = known<LineId>("1");

class Messages : public ::testing::Test, public ToldFeeds {
protected:
    Messages() { header.at_ms = known<Time>(1'323'419'160'007); }

    template <class... Events> void order(const Events&... events) {
        tell<Order>("o-1", list_of<order::Event>(events...));
    }
    template <class... Events> void payment(const Events&... events) {
        tell<Payment>(p_1.raw(), list_of<payment::Event>(events...));
    }
    template <class... Events> void fulfillment(const Events&... events) {
        tell<Fulfillment>(f_1.raw(), list_of<fulfillment::Event>(events...));
    }
    template <class... Events> void stock(std::string_view sku, const Events&... events) {
        tell<Stock>(sku, list_of<stock::Event>(events...));
    }
    // Of the last told of the subject: its type, without "holdfast.", and its data.
    std::string last(Feed feed, std::string_view subject) {
        const auto values = hear(feed, subject);
        return values.empty() ? "nothing" : type_and_data(values.back());
    }
    static std::string type_and_data(const std::string& value) {
        constexpr std::string_view type = R"("type":"holdfast.)", data = R"("data":)";
        const auto begin = value.find(type) + type.size();
        const auto at = value.find(data) + data.size();
        return value.substr(begin, value.find('"', begin) - begin) + " " +
               value.substr(at, value.size() - at - 1);
    }
    std::string of_order() { return last(Feed::public_events, "order/o-1"); }
    std::string of_payment() { return last(Feed::public_events, "payment/o-1-p1"); }
    std::string of_fulfillment() { return last(Feed::fulfillment, "fulfillment/o-1.1"); }

    static order::Begun begun() {
        auto sold = line("1", "MUG", 3, 250);
        sold.label = known<Label>("For Ann, with love");
        order::Begun begun{o_1,
                           known<CartId>("c-1"),
                           gbp(),
                           known<CustomerId>("c-ann"),
                           known<CountryName>("France"),
                           {sold},
                           {shipping("post", 300)},
                           {by_token(1'050, "tok_secret")},
                           amount(1'050),
                           Sealed{known<SubjectId>("c-ann"), {1, 2, 3}},
                           known<Time>(5),
                           false};
        return begun;
    }
};

TEST_F(Messages, are_cloud_events_with_a_number_of_their_subject_and_one_of_their_partition) {
    header.envelope.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    order(begun(), order::Placed{});
    const auto partition = std::to_string(partition_of("o-1", partitions));
    EXPECT_EQ(hear(Feed::public_events, "order/o-1").at(1),
              R"({"specversion":"1.0","id":"order-)" + partition +
                  R"(-2","source":"/holdfast/shop","type":"holdfast.order.placed",)"
                  R"("subject":"order/o-1","time":"2011-12-09T08:26:00.007Z",)"
                  R"("sequence":"0000000002",)"
                  R"("traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",)"
                  R"("datacontenttype":"application/json","data":{"order":"o-1"}})");
}

TEST(MessagesOfALaterGeneration, have_other_ids_than_those_of_the_first) {
    ToldFeeds feeds(2);
    feeds.tell<Order>("o-1", list_of<order::Event>(order::Placed{}));
    const auto partition = std::to_string(partition_of("o-1", ToldFeeds::partitions));
    EXPECT_THAT(feeds.hear(Feed::public_events, "order/o-1"),
                ElementsAre(HasSubstr(R"("id":"g2-order-)" + partition + R"(-1")")));
}

// What stands between `beginning` and the next quotation mark.
std::string quoted_behind(const std::string& text, std::string_view beginning, std::size_t from) {
    const auto at = text.find(beginning, from) + beginning.size();
    return text.substr(at, text.find('"', at) - at);
}

TEST(MessagesOfAnyGeneration, have_ids_as_the_asyncapi_document_says) {
    const auto document = published::asyncapi("shop");
    const std::regex documented(
        quoted_behind(document, R"("pattern":")", document.find(R"("id":{)")));
    for (const std::uint32_t generation : {1, 2, 13}) {
        ToldFeeds feeds(generation);
        feeds.tell<Order>("o-1", list_of<order::Event>(order::Placed{}));
        const auto told = feeds.hear(Feed::public_events, "order/o-1").at(0);
        const auto id = quoted_behind(told, R"("id":")", 0);
        EXPECT_TRUE(std::regex_match(id, documented)) << id;
    }
}

TEST_F(Messages, say_what_an_order_is_and_nothing_of_whose_it_is) {
    header.envelope.channel = "web";
    header.envelope.actor = "clerk Ann";
    header.envelope.reason = "Ann called";
    order(begun());
    EXPECT_EQ(of_order(),
              R"(order.created {"order":"o-1","cart":"c-1","channel":"web","country":"France",)"
              R"("currency":"GBP","total":1050,"lines":[{"line":"1","sku":"MUG","quantity":3,)"
              R"("unit_price":250,"total":750,"untracked":false}],)"
              R"("charges":[{"charge":"post","kind":"shipping","amount":300}]})");
    for (const auto& value : hear(Feed::public_events, "order/o-1")) {
        EXPECT_THAT(value, Not(HasSubstr("Ann")));
        EXPECT_THAT(value, Not(HasSubstr("c-ann")));
        EXPECT_THAT(value, Not(HasSubstr("tok_secret")));
    }
}

TEST_F(Messages, follow_an_order_to_its_end) {
    order(begun());
    order(order::Confirmed{});
    EXPECT_EQ(of_order(), R"(order.confirmed {"order":"o-1"})");
    order(order::Shipped{f_1, known<ShipmentId>("box"), {{line_1, pieces(2), amount(500)}}});
    EXPECT_EQ(of_order(), R"(order.shipped {"order":"o-1","fulfillment":"o-1.1","shipment":"box",)"
                          R"("currency":"GBP","lines":[{"line":"1","quantity":2,"amount":500}]})");
    order(order::CancellationAsked{known<CancellationId>("c"), {{line_1, pieces(1)}}, {}});
    EXPECT_EQ(of_order(), R"(order.cancellation_requested {"order":"o-1","cancellation":"c",)"
                          R"("lines":[{"line":"1","quantity":1}]})");
    order(order::LinesCancelled{known<CancellationId>("c"),
                                f_1,
                                {{line_1, pieces(1), amount(250)}},
                                amount(0),
                                amount(250)});
    EXPECT_EQ(of_order(),
              R"(order.lines_cancelled {"order":"o-1","cancellation":"c","fulfillment":"o-1.1",)"
              R"("currency":"GBP","lines":[{"line":"1","quantity":1,"amount":250}],)"
              R"("charges":0,"refund":250})");
    order(order::Completed{});
    EXPECT_EQ(of_order(), R"(order.completed {"order":"o-1"})");
    order(order::Returned{known<ReturnId>("r"),
                          {{line_1, pieces(1), order::Condition::damaged}},
                          {{line_1, pieces(1), amount(250)}},
                          {},
                          amount(250)});
    EXPECT_EQ(of_order(), R"(order.returned {"order":"o-1","returned":"r","currency":"GBP",)"
                          R"("lines":[{"line":"1","quantity":1,"condition":"damaged"}],)"
                          R"("worth":[{"line":"1","quantity":1,"amount":250}],"refund":250})");
}

TEST_F(Messages, say_why_an_order_ended_without_a_sale) {
    order(begun());
    order(order::Refused{
        {{known<Sku>("MUG"), known<Label>("stock_is_insufficient"), known<Units>(2)}}});
    EXPECT_EQ(of_order(),
              R"(order.refused {"order":"o-1","shortages":[{"sku":"MUG","available":2}]})");
    order(order::Declined{p_1, known<Label>("card of Ann")});
    EXPECT_EQ(of_order(), R"(order.declined {"order":"o-1","payment":"o-1-p1"})");
    order(order::GivenUp{});
    EXPECT_EQ(of_order(), R"(order.given_up {"order":"o-1"})");
    order(order::Cancelled{true});
    EXPECT_EQ(of_order(), R"(order.cancelled {"order":"o-1","was_confirmed":true})");
    order(order::CancellationRefused{known<CancellationId>("c"), f_1, {{line_1, pieces(1)}}});
    EXPECT_EQ(of_order(), R"(order.cancellation_refused {"order":"o-1","cancellation":"c",)"
                          R"("fulfillment":"o-1.1","lines":[{"line":"1","quantity":1}]})");
    order(order::PaymentFailed{p_1, op_1, amount(5), order::Trouble::refund_failed, {}});
    EXPECT_EQ(of_order(), R"(order.payment_failed {"order":"o-1","payment":"o-1-p1",)"
                          R"("operation":"op-1","currency":"GBP","amount":5,)"
                          R"("trouble":"refund_failed"})");
}

TEST_F(Messages, leave_out_how_an_order_is_made) {
    order(begun());
    order(order::StockAsked{1, {}}, order::StockReserved{{}}, order::StockLetGo{{}},
          order::PaymentAuthorized{p_1, amount(1)}, order::CaptureAsked{p_1, op_1, amount(1)},
          order::PaymentCaptured{p_1, op_1, amount(1)});
    order(order::Placed{});
    EXPECT_THAT(hear(Feed::public_events, "order/o-1"), ::testing::SizeIs(2));
}

TEST_F(Messages, say_what_a_payment_did_in_its_currency) {
    payment(payment::AuthorizationAsked{
        op_1, o_1, pounds(1'050), {}, known<GatewayToken>("tok_secret"), known<Time>(9)});
    EXPECT_EQ(of_payment(), "nothing");
    const auto money = [](std::string_view type) {
        return std::string(type) + R"( {"payment":"o-1-p1","order":"o-1","operation":"op-1",)"
                                   R"("currency":"GBP","amount":7})";
    };
    payment(payment::Authorized{op_1, o_1, amount(7), known<Reference>("gateway's own")});
    EXPECT_EQ(of_payment(), money("payment.authorized"));
    payment(payment::Captured{op_1, o_1, amount(7), {}});
    EXPECT_EQ(of_payment(), money("payment.captured"));
    payment(payment::CaptureFailed{op_1, o_1, amount(7), {}});
    EXPECT_EQ(of_payment(), money("payment.capture_failed"));
    payment(payment::Voided{op_1, o_1, amount(7), {}});
    EXPECT_EQ(of_payment(), money("payment.voided"));
    payment(payment::VoidFailed{op_1, o_1, amount(7), {}});
    EXPECT_EQ(of_payment(), money("payment.void_failed"));
    payment(payment::Refunded{op_1, o_1, amount(7), {}});
    EXPECT_EQ(of_payment(), money("payment.refunded"));
    payment(payment::RefundFailed{op_1, o_1, amount(7), {}});
    EXPECT_EQ(of_payment(), money("payment.refund_failed"));
    payment(payment::Declined{op_1, o_1, known<Label>("card of Ann")});
    EXPECT_EQ(of_payment(),
              R"(payment.declined {"payment":"o-1-p1","order":"o-1","operation":"op-1"})");
}

TEST_F(Messages, give_a_warehouse_what_it_works_with) {
    fulfillment(fulfillment::Requested{o_1,
                                       north,
                                       {{line_1, known<Sku>("MUG"), pieces(3)}},
                                       Sealed{known<SubjectId>("ann"), {1}}});
    EXPECT_EQ(of_fulfillment(),
              R"(fulfillment.requested {"fulfillment":"o-1.1","order":"o-1","location":"north",)"
              R"("items":[{"line":"1","sku":"MUG","quantity":3}]})");
    const std::string which = R"({"fulfillment":"o-1.1","order":"o-1","location":"north")";
    fulfillment(fulfillment::Accepted{o_1});
    EXPECT_EQ(of_fulfillment(), "fulfillment.accepted " + which + "}");
    fulfillment(fulfillment::Shipped{o_1,
                                     known<ShipmentId>("box"),
                                     {{line_1, pieces(2)}},
                                     known<Label>("Royal Mail"),
                                     known<Reference>("RM 1")});
    EXPECT_EQ(of_fulfillment(), "fulfillment.shipped " + which +
                                    R"(,"shipment":"box","carrier":"Royal Mail","tracking":"RM 1",)"
                                    R"("lines":[{"line":"1","quantity":2}]})");
    fulfillment(fulfillment::CancellationAnswered{
        o_1, known<CancellationId>("c"), {{line_1, pieces(1)}}, {}});
    EXPECT_EQ(of_fulfillment(), "fulfillment.cancelled " + which +
                                    R"(,"cancellation":"c",)"
                                    R"("cancelled":[{"line":"1","quantity":1}],"refused":[]})");
    fulfillment(fulfillment::Rejected{o_1, known<Label>("Ann is ill"), {{line_1, pieces(1)}}});
    EXPECT_EQ(of_fulfillment(),
              "fulfillment.rejected " + which + R"(,"lines":[{"line":"1","quantity":1}]})");
    fulfillment(fulfillment::Ended{o_1});
    EXPECT_EQ(of_fulfillment(), "fulfillment.ended " + which + "}");
    EXPECT_THAT(hear(Feed::public_events, "fulfillment/o-1.1"), IsEmpty());
}

TEST_F(Messages, say_what_there_is_of_a_sku_once_a_batch) {
    const auto r_1 = known<ReservationId>("r");
    stock("MUG", stock::Received{known<MovementId>("m"), north, pieces(5)},
          stock::Reserved{r_1, {{north, pieces(2)}}, no_units, known<Time>(9), {}, {}});
    stock("MUG", stock::Extended{r_1, known<Time>(10)});
    EXPECT_EQ(last(Feed::public_events, "sku/MUG"),
              R"(stock.changed {"sku":"MUG","version":2,"safety":0,"locations":[)"
              R"({"location":"north","available":3,"on_hand":5,"damaged":0,"quarantined":0,)"
              R"("reserved":2,"committed":0,"short_of":0}]})");
    EXPECT_THAT(hear(Feed::public_events, "sku/MUG"), ::testing::SizeIs(1));
}

TEST_F(Messages, name_a_location_once_though_every_partition_hears_of_it) {
    const stock::LocationSet set{north, known<Label>("North"), known<Priority>(1), true};
    stock("@north", set);
    header.origin.source = fb::Source::follow_up;
    stock("@north", set);
    EXPECT_THAT(hear(Feed::public_events, "location/north"), ::testing::SizeIs(1));
    EXPECT_EQ(last(Feed::public_events, "location/north"),
              R"(location.changed {"location":"north","name":"North","priority":1,)"
              R"("accepts_orders":true})");
}

TEST_F(Messages, say_nothing_of_carts_and_of_what_was_refused) {
    tell<Cart>("c-1", {cart::Opened{gbp(), {}, {}, {}, {}, {}}});
    tell<Order>(
        "o-1", order::GiveUp{},
        std::unexpected(Refusal<order::Rejection>{order::Rejection::order_is_unknown, 0, {}}));
    lead_all();
    for (const auto& [partition, there] : topics.partitions)
        for (const auto& feed : there.feeds) EXPECT_TRUE(feed.empty());
}

}  // namespace
}  // namespace holdfast::projections
