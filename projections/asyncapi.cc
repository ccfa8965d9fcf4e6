#include "projections/asyncapi.h"

#include "engine/wire/json_schema.h"
#include "projections/published_tables.h"

namespace holdfast::published {
namespace {

constexpr std::string_view about =
    R"("info":{"title":"Holdfast's public topics","version":"1","description":"What happens to )"
    R"(orders, payments, stock and fulfillments. Read with isolation.level=read_committed: then )"
    R"(each record is there once, and those of a subject are in order, their sequence counting )"
    R"(from 1 without a gap. Amounts are integer minor units of their currency. Nothing here is )"
    R"(personal. Fields are added, never changed: ignore what you do not know.",)"
    R"("license":{"name":"Apache-2.0"}},"defaultContentType":"application/cloudevents+json")";
constexpr std::string_view cloud_event =
    R"({"type":"object","required":["specversion","id","source","type","subject","time",)"
    R"("sequence","datacontenttype","data"],"properties":{)"
    R"("specversion":{"type":"string","const":"1.0"},)"
    R"("id":{"type":"string","description":"Its context, partition and number there, from the )"
    R"(second generation of the log on behind that one's: each is told once.",)"
    R"("pattern":"^(g[0-9]+-)?[a-z]+-[0-9]+-[0-9]+$"},)"
    R"("source":{"type":"string","format":"uri-reference"},"type":{"type":"string"},)"
    R"("subject":{"type":"string","description":"What it is about, and the record's key."},)"
    R"("time":{"type":"string","format":"date-time"},)"
    R"("sequence":{"type":"string","description":"Of its subject, from 1, without a gap.",)"
    R"("pattern":"^[0-9]{10,}$"},"traceparent":{"type":"string"},)"
    R"("datacontenttype":{"type":"string","const":"application/json"},)"
    R"("data":{"type":"object"}}})";

using wire::quoted, wire::reference_to;

void add(std::string& list, std::string_view name, const std::string& json) {
    list.append(list.empty() ? "" : ",").append(quoted(name)).append(":").append(json);
}
bool is_for_warehouses(std::string_view type) { return type.starts_with("fulfillment."); }

struct Lists {
    wire::JsonSchemas schemas;
    std::string messages, public_events, fulfillment;
};
template <class Table, class Message> void describe(Lists& to) {
    const auto name = wire::component<Message>();
    wire::add_schema(to.schemas, name, wire::field_schemas<Table, Message>());
    const std::string text =
        R"({"name":)" + quoted("holdfast." + std::string(Message::type)) + R"(,"title":)" +
        quoted(Message::type) + R"(,"summary":)" + quoted(Message::says) +
        R"(,"contentType":"application/cloudevents+json","payload":{"allOf":[)" +
        reference_to("CloudEvent") + R"(,{"type":"object","properties":{"type":{"const":)" +
        quoted("holdfast." + std::string(Message::type)) + R"(},"data":)" + reference_to(name) +
        R"(}}]},"bindings":{"kafka":{"key":{"type":"string"}}}})";
    add(to.messages, Message::type, text);
    add(is_for_warehouses(Message::type) ? to.fulfillment : to.public_events, Message::type,
        reference_to(Message::type, "components/messages"));
}

std::string channel(const std::string& topic, std::string_view says, const std::string& messages) {
    return R"({"address":)" + quoted(topic) + R"(,"description":)" + quoted(says) +
           R"(,"messages":{)" + messages + R"(},"bindings":{"kafka":{"topic":)" + quoted(topic) +
           "}}}";
}
std::string operation(std::string_view on) {
    return R"({"action":"send","channel":)" + reference_to(on, "channels") + "}";
}

// Outsiders allow what is added later.
std::string open_ended(std::string schema) {
    constexpr std::string_view closed = R"(,"additionalProperties":false)";
    for (auto at = schema.find(closed); at != schema.npos; at = schema.find(closed))
        schema.erase(at, closed.size());
    return schema;
}

}  // namespace

std::string asyncapi(const std::string& name_space) {
    Lists lists;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (describe<wire::TableAt<Message, I>, std::variant_alternative_t<I, Message>>(lists), ...);
    }(wire::slots<Message>());
    std::string schemas;
    add(schemas, "CloudEvent", std::string(cloud_event));
    for (const auto& [name, schema] : lists.schemas) add(schemas, name, open_ended(schema));
    const auto events =
        channel(name_space + ".public-events",
                "For storefronts and analysts. The key is the subject.", lists.public_events);
    const auto work =
        channel(name_space + ".fulfillment",
                "What warehouses are asked to do. The key is the subject.", lists.fulfillment);
    return R"({"asyncapi":"3.0.0",)" + std::string(about) + R"(,"channels":{"publicEvents":)" +
           events + R"(,"fulfillment":)" + work + R"(},"operations":{"tellPublicEvents":)" +
           operation("publicEvents") + R"(,"tellFulfillment":)" + operation("fulfillment") +
           R"(},"components":{"messages":{)" + lists.messages + R"(},"schemas":{)" + schemas +
           "}}}";
}

}  // namespace holdfast::published
