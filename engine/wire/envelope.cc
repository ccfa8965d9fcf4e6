#include "engine/wire/envelope.h"

#include <array>
#include <cstring>

#include "engine/wire/codec.h"
#include "engine/wire/hash.h"

namespace holdfast::wire {
namespace {

std::string_view text(const flatbuffers::String* from) {
    return from ? std::string_view(from->data(), from->size()) : std::string_view();
}
bool allowed(const flatbuffers::String* from, std::size_t bytes_max) {
    return text(from).size() <= bytes_max && is_utf8(text(from));
}
// Most are not there.
void take(std::string& to, const flatbuffers::String* from) {
    if (from) to = text(from);
}

}  // namespace

CommandId command_id(std::string_view client, std::string_view key) {
    const auto hash = blake2b_128(std::array{client, key});
    CommandId id;
    std::memcpy(&id.high, hash.data(), sizeof id.high);
    std::memcpy(&id.low, hash.data() + sizeof id.high, sizeof id.low);
    return id;
}

flatbuffers::Offset<fb::Envelope> write(Builder& to, const Envelope& from) {
    const auto client = write_text(to, from.client);
    const auto actor = write_text(to, from.actor);
    const auto channel = write_text(to, from.channel);
    const auto reason = write_text(to, from.reason);
    const auto reference = write_text(to, from.reference);
    const auto metadata = write_text(to, from.metadata);
    const auto traceparent = write_text(to, from.traceparent);
    fb::EnvelopeBuilder envelope(to);
    envelope.add_id_high(from.id.high);
    envelope.add_id_low(from.id.low);
    envelope.add_fingerprint(from.fingerprint);
    envelope.add_cause_high(from.cause.high);
    envelope.add_cause_low(from.cause.low);
    envelope.add_personal_fingerprint(from.personal_fingerprint);
    if (from.asked_at_ms) envelope.add_asked_at_ms(from.asked_at_ms->raw());
    if (!client.IsNull()) envelope.add_client(client);
    if (!actor.IsNull()) envelope.add_actor(actor);
    if (!channel.IsNull()) envelope.add_channel(channel);
    if (!reason.IsNull()) envelope.add_reason(reason);
    if (!reference.IsNull()) envelope.add_reference(reference);
    if (!metadata.IsNull()) envelope.add_metadata(metadata);
    if (!traceparent.IsNull()) envelope.add_traceparent(traceparent);
    return envelope.Finish();
}

std::expected<void, Malformed> read_into(Envelope& envelope, const fb::Envelope* from) {
    if (!from) return std::unexpected(Malformed::field_is_missing);
    for (const auto* name : {from->client(), from->actor(), from->channel()})
        if (!allowed(name, name_bytes_max)) return std::unexpected(Malformed::text_is_too_long);
    for (const auto* words : {from->reason(), from->reference()})
        if (!allowed(words, words_bytes_max)) return std::unexpected(Malformed::text_is_too_long);
    if (!allowed(from->metadata(), metadata_bytes_max) ||
        !allowed(from->traceparent(), traceparent_bytes_max))
        return std::unexpected(Malformed::text_is_too_long);
    envelope.id = {from->id_high(), from->id_low()};
    envelope.fingerprint = from->fingerprint();
    take(envelope.client, from->client());
    take(envelope.actor, from->actor());
    take(envelope.channel, from->channel());
    take(envelope.reason, from->reason());
    take(envelope.reference, from->reference());
    take(envelope.metadata, from->metadata());
    take(envelope.traceparent, from->traceparent());
    envelope.cause = {from->cause_high(), from->cause_low()};
    envelope.personal_fingerprint = from->personal_fingerprint();
    if (const auto at = from->asked_at_ms()) {
        const auto time = Time::from(*at);
        if (!time) return std::unexpected(time.error());
        envelope.asked_at_ms = *time;
    }
    return {};
}

Envelope follow(const Envelope& cause, CommandId id) {
    Envelope envelope;
    envelope.id = id;
    envelope.client = cause.client;
    envelope.actor = cause.actor;
    envelope.channel = cause.channel;
    envelope.reason = cause.reason;
    envelope.traceparent = cause.traceparent;
    envelope.cause = cause.cause ? cause.cause : cause.id;
    envelope.asked_at_ms = cause.asked_at_ms;
    return envelope;
}

}  // namespace holdfast::wire
