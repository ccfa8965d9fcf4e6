#include "engine/wire/peer.h"

#include "engine/wire/batch.h"
#include "engine/wire/hash.h"
#include "engine/wire/hex.h"
#include "peer_generated.h"

namespace holdfast::wire {
namespace {

constexpr std::size_t frame_bytes_max = 256;  // of an answer besides its record and detail

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> write(Builder& to,
                                                             std::span<const std::byte> from) {
    return to.CreateVector(reinterpret_cast<const std::uint8_t*>(from.data()), from.size());
}
std::string text_of(const flatbuffers::Vector<std::uint8_t>* from) {
    return from ? std::string(reinterpret_cast<const char*>(from->data()), from->size())
                : std::string();
}

template <class Table> std::string finished(Builder& builder, flatbuffers::Offset<Table> root) {
    builder.Finish(root);
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

flatbuffers::Offset<fb::PeerAnswer> write(Builder& to, const Error& error) {
    const auto detail = to.CreateString(error.detail);
    return fb::CreatePeerAnswer(to, error.code, detail);
}
flatbuffers::Offset<fb::PeerAnswer> write(Builder& to, const PeerAnswer& answer) {
    const auto record = write(to, answer.record);
    return fb::CreatePeerAnswer(to, 0, 0, answer.how, answer.sequence, record);
}

}  // namespace

std::string peer_credential(std::string_view name_space, std::string_view secret) {
    Sha256 hash;
    for (const std::string_view part :
         {std::string_view("holdfast peer\n"), name_space, std::string_view("\n"), secret})
        hash.add(bytes_of(part));
    return hexadecimal(hash.finish());
}

std::string to_bytes(std::span<const PeerQuestion> questions) {
    Builder builder;
    std::vector<flatbuffers::Offset<fb::PeerQuestion>> list;
    for (const auto& question : questions) {
        const auto command = write(builder, bytes_of(question.command));
        fb::PeerQuestionBuilder one(builder);
        one.add_context(question.to.context);
        one.add_partition(question.to.partition);
        one.add_command(command);
        if (question.asked_at_ms) one.add_asked_at_ms(*question.asked_at_ms);
        one.add_asks_of_high(question.asks_of.first);
        one.add_asks_of_low(question.asks_of.second);
        one.add_generation(question.generation);
        list.push_back(one.Finish());
    }
    return finished(builder, fb::CreatePeerQuestions(builder, builder.CreateVector(list)));
}

std::string to_bytes(std::span<const PeerOutcome> answers) {
    Builder builder;
    std::vector<flatbuffers::Offset<fb::PeerAnswer>> list;
    for (const auto& answer : answers) {
        const bool fits = !answer || builder.GetSize() + answer->record.size() +
                                             answers.size() * frame_bytes_max <=
                                         peer_answers_bytes_max;
        if (answer && fits)
            list.push_back(write(builder, *answer));
        else
            list.push_back(
                write(builder, answer ? Error{Error::unavailable, "too much to answer at once"}
                                      : answer.error()));
    }
    return finished(builder, fb::CreatePeerAnswers(builder, builder.CreateVector(list)));
}

std::expected<std::vector<PeerQuestion>, Malformed> read_peer_questions(std::string_view bytes) {
    const auto* from = verified<fb::PeerQuestions>(bytes_of(bytes));
    if (!from) return std::unexpected(Malformed::bytes_are_damaged);
    if (!from->list()) return std::unexpected(Malformed::field_is_missing);
    if (from->list()->size() > peer_questions_max)
        return std::unexpected(Malformed::value_is_outside_its_range);
    std::vector<PeerQuestion> questions;
    for (const auto* one : *from->list()) {
        questions.push_back({{one->context(), one->partition()},
                             text_of(one->command()),
                             one->asked_at_ms(),
                             {one->asks_of_high(), one->asks_of_low()},
                             one->generation()});
    }
    return questions;
}

std::expected<std::vector<PeerOutcome>, Malformed> read_peer_answers(std::string_view bytes) {
    const auto* from = verified<fb::PeerAnswers>(bytes_of(bytes));
    if (!from) return std::unexpected(Malformed::bytes_are_damaged);
    if (!from->list()) return std::unexpected(Malformed::field_is_missing);
    std::vector<PeerOutcome> answers;
    for (const auto* one : *from->list()) {
        if (one->error() > Error::overloaded)
            return std::unexpected(Malformed::value_is_outside_its_range);
        if (one->error() != 0) {
            const auto* detail = one->detail();
            answers.emplace_back(std::unexpected(
                Error{static_cast<Error::Code>(one->error()), detail ? detail->str() : ""}));
            continue;
        }
        PeerAnswer answer{one->how(), one->sequence(), {}};
        if (const auto* record = one->record()) {
            const auto held = std::as_bytes(std::span(record->data(), record->size()));
            answer.record.assign(held.begin(), held.end());
        }
        answers.emplace_back(std::move(answer));
    }
    return answers;
}

}  // namespace holdfast::wire
