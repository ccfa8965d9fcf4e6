// Peer: what engines of one namespace say to each other over HTTP, as bytes; and how one knows that
// the other is one.
//
// Order   answers stand in the order of their questions.
// Limits  1,024 questions, and 8 MiB of them, at a time; 32 MiB of answers: one that does not fit
//         any more says that its outcome is unknown.
// Errors  bytes that are not such a message, or hold a value that nothing has.
#pragma once

#include <string>
#include <vector>

#include "engine/domain/types.h"
#include "engine/ports/peers.h"

namespace holdfast::wire {

constexpr std::string_view peer_path = "/internal/v1/commands";
constexpr std::string_view peer_media_type = "application/octet-stream";
constexpr std::size_t peer_questions_max = 1'024;
constexpr std::size_t peer_questions_bytes_max = 8 << 20;
constexpr std::size_t peer_answers_bytes_max = 32 << 20;

// What engines that share a namespace and a secret show each other, as a header may hold it. Who is
// shown it does not know the secret of another namespace.
std::string peer_credential(std::string_view name_space, std::string_view secret);

using PeerOutcome = std::expected<PeerAnswer, Error>;

std::string to_bytes(std::span<const PeerQuestion> questions);
std::string to_bytes(std::span<const PeerOutcome> answers);
std::expected<std::vector<PeerQuestion>, Malformed> read_peer_questions(std::string_view bytes);
std::expected<std::vector<PeerOutcome>, Malformed> read_peer_answers(std::string_view bytes);

}  // namespace holdfast::wire
