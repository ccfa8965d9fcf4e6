#include "engine/runtime/forwarding.h"

#include "engine/domain/contexts.h"

namespace holdfast {

std::optional<Posted> posted_by(PeerQuestion question, std::uint16_t partitions) {
    const auto [context, partition] = question.to;
    if (context == 0 || context > contexts_count || partition >= partitions) return {};
    const wire::CommandId asks_of{question.asks_of.first, question.asks_of.second};
    if (question.command.empty() != static_cast<bool>(asks_of)) return {};
    Posted posted{context, {}, fb::Source::direct, std::move(question.command), {}};
    if (question.asked_at_ms) {
        const auto asked_at = Time::from(*question.asked_at_ms);
        if (!asked_at) return {};
        posted.asked_at_ms = *asked_at;
    }
    posted.to = question.to;
    posted.asks_of = asks_of;
    posted.is_forwarded = true;
    return posted;
}

std::expected<PeerAnswer, Error> told_of(const std::expected<Answered, Error>& answered) {
    if (!answered) return std::unexpected(answered.error());
    return PeerAnswer{
        answered->how, answered->sequence, {answered->record.begin(), answered->record.end()}};
}

std::expected<Answered, Error> answered_by(std::expected<PeerAnswer, Error> answer) {
    if (!answer) return std::unexpected(std::move(answer.error()));
    if (answer->how > Taken::not_known)
        return std::unexpected(Error{Error::unavailable, "a peer's answer cannot be read"});
    const auto record = std::make_shared<const Bytes>(std::move(answer->record));
    return Answered{static_cast<Taken::How>(answer->how), answer->sequence, record, *record};
}

}  // namespace holdfast
