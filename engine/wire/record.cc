#include "engine/wire/record.h"

namespace holdfast::wire {
namespace {

std::string text(const flatbuffers::String* from) { return from ? from->str() : std::string(); }
std::string bytes(const flatbuffers::Vector<std::uint8_t>* from) {
    return from ? std::string(reinterpret_cast<const char*>(from->data()), from->size())
                : std::string();
}
flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> write_bytes(Builder& to,
                                                                   std::string_view from) {
    return to.CreateVector(reinterpret_cast<const std::uint8_t*>(from.data()), from.size());
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::FollowUp>>> write_follow_ups(
    Builder& to, const std::vector<Addressed>& from) {
    if (from.empty()) return 0;
    std::vector<flatbuffers::Offset<fb::FollowUp>> list;
    list.reserve(from.size());
    for (const auto& follow_up : from)
        list.push_back(fb::CreateFollowUp(to, follow_up.to.context, follow_up.to.partition,
                                          follow_up.n, write_bytes(to, follow_up.command)));
    return to.CreateVector(list);
}

flatbuffers::Offset<fb::Objection> write(Builder& to, const Objection& from) {
    const auto name = write_text(to, from.name);
    const auto problem = write_text(to, from.problem);
    return fb::CreateObjection(to, name, from.status, problem, from.bytes);
}

const fb::DecisionHeader* header_of(std::span<const std::byte> decision) {
    const auto* record = verified<fb::AnyDecision>(decision);
    return record ? record->header() : nullptr;
}

}  // namespace

std::string name_of(PartitionId at) {
    std::string name = "context " + std::to_string(at.context);
    with_context(at.context, [&]<class C>(C) { name = C::name; });
    return name + " " + std::to_string(at.partition);
}

flatbuffers::Offset<fb::DecisionHeader> write(Builder& to, const DecisionHeader& from) {
    const auto envelope = write(to, from.envelope);
    const auto follow_ups = write_follow_ups(to, from.follow_ups);
    const auto raw = from.raw.empty() ? 0 : write_bytes(to, from.raw);
    const auto objection = from.objection ? write(to, *from.objection) : 0;
    fb::DecisionHeaderBuilder header(to);
    header.add_envelope(envelope);
    header.add_source(from.origin.source);
    header.add_position(from.origin.position);
    header.add_from_context(from.origin.from.context);
    header.add_from_partition(from.origin.from.partition);
    header.add_from_generation(from.origin.from_generation);
    header.add_from_sequence(from.origin.from_sequence);
    header.add_at_ms(from.at_ms.raw());
    header.add_decider(from.decider);
    header.add_policy(from.policy);
    header.add_outcome(from.outcome);
    if (!follow_ups.IsNull()) header.add_follow_ups(follow_ups);
    if (!raw.IsNull()) header.add_raw(raw);
    if (!objection.IsNull()) header.add_objection(objection);
    header.add_generation(from.generation);
    return header.Finish();
}

std::expected<DecisionHeader, Malformed> read(const fb::DecisionHeader* from) {
    if (!from) return std::unexpected(Malformed::field_is_missing);
    DecisionHeader header;
    if (const auto done = read_into(header.envelope, from->envelope()); !done)
        return std::unexpected(done.error());
    const auto at = Time::from(from->at_ms());
    if (!at) return std::unexpected(at.error());
    if (from->source() < fb::Source::MIN || from->source() > fb::Source::MAX ||
        from->outcome() < fb::Outcome::MIN || from->outcome() > fb::Outcome::MAX)
        return std::unexpected(Malformed::value_is_outside_its_range);
    header.origin = {from->source(),
                     from->position(),
                     {from->from_context(), from->from_partition()},
                     from->from_generation(),
                     from->from_sequence()};
    header.at_ms = *at;
    header.decider = from->decider();
    header.policy = from->policy();
    header.outcome = from->outcome();
    header.raw = bytes(from->raw());
    if (const auto* why = from->objection())
        header.objection = std::make_shared<const Objection>(
            Objection{text(why->name()), why->status(), text(why->problem()), why->bytes()});
    header.generation = from->generation();
    if (!from->follow_ups()) return header;
    for (const auto* follow_up : *from->follow_ups())
        header.follow_ups.push_back({{follow_up->context(), follow_up->partition()},
                                     follow_up->n(),
                                     bytes(follow_up->command())});
    return header;
}

std::expected<DecisionHeader, Malformed> read_header(std::span<const std::byte> decision) {
    return read(header_of(decision));
}

bool has_follow_ups(std::span<const std::byte> decision) {
    const auto* header = header_of(decision);
    return header && header->generation() == 0 && header->follow_ups() &&
           header->follow_ups()->size() != 0;
}

std::optional<fb::Outcome> outcome_of(std::span<const std::byte> decision) {
    const auto* header = header_of(decision);
    return header ? std::optional(header->outcome()) : std::nullopt;
}

void write(BatchWriter& to, const Genesis& from) {
    auto& builder = to.builder();
    const auto name = builder.CreateString(from.namespace_name);
    const auto hash = builder.CreateString(from.hash);
    to.add(fb::RecordKind::genesis,
           fb::CreateGenesis(builder, name, from.generation, from.at.context, from.at.partition,
                             from.partitions, hash, from.level, from.own_times));
}

std::expected<Genesis, Malformed> read_genesis(std::span<const std::byte> bytes) {
    const auto* from = verified<fb::Genesis>(bytes);
    if (!from) return std::unexpected(Malformed::bytes_are_damaged);
    return Genesis{text(from->namespace_name()),
                   from->generation(),
                   {from->context(), from->partition()},
                   from->partitions(),
                   text(from->hash()),
                   from->format_level(),
                   from->own_times()};
}

void write(BatchWriter& to, const Open& from) {
    auto& builder = to.builder();
    const auto& settings = from.policy;
    const auto policy = fb::CreatePolicy(
        builder, settings.number, settings.reservation_ttl_ms.raw(),
        settings.reservation_ttl_max_ms.raw(), settings.claim_ms.raw(), settings.checkout_ms.raw(),
        settings.gateway_ms.raw(), static_cast<fb::CaptureWhen>(settings.capture));
    const auto address = builder.CreateString(from.address);
    const auto engine = builder.CreateString(from.engine);
    to.add(fb::RecordKind::open, fb::CreateOpen(builder, from.epoch, from.nonce, address,
                                                from.level, engine, policy, from.at_ms.raw()));
}

std::expected<Open, Malformed> read_open(std::span<const std::byte> bytes) {
    const auto* from = verified<fb::Open>(bytes);
    if (!from || !from->policy()) return std::unexpected(Malformed::bytes_are_damaged);
    const auto policy = read_table<Policy>(*from->policy());
    const auto at = Time::from(from->at_ms());
    if (!policy || !at) return std::unexpected(Malformed::value_is_outside_its_range);
    return Open{from->epoch(),
                from->nonce(),
                text(from->address()),
                from->format_level(),
                text(from->engine()),
                *policy,
                *at};
}

}  // namespace holdfast::wire
