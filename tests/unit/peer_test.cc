#include "engine/wire/peer.h"

#include <gtest/gtest.h>

namespace holdfast::wire {
namespace {

const std::vector<PeerQuestion> questions{{{1, 0}, "a command", 1'700'000'000'000, {}},
                                          {{5, 255}, "", {}, {1, ~0ULL}, 3}};

std::vector<PeerOutcome> answers() {
    std::vector<PeerOutcome> list;
    list.emplace_back(PeerAnswer{1, 77, Bytes(300, std::byte{7})});
    for (const auto code :
         {Error::conflict, Error::unavailable, Error::damaged, Error::refused, Error::overloaded})
        list.emplace_back(std::unexpected(Error{code, "why"}));
    list.emplace_back(PeerAnswer{4, 0, {}});
    return list;
}

TEST(Peer, reads_the_questions_that_were_written) {
    EXPECT_EQ(read_peer_questions(to_bytes(questions)), questions);
    EXPECT_EQ(read_peer_questions(to_bytes(std::span<const PeerQuestion>())),
              std::vector<PeerQuestion>());
}

TEST(Peer, reads_the_answers_that_were_written) {
    const auto read = read_peer_answers(to_bytes(answers()));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), answers().size());
    for (std::size_t i = 0; i < read->size(); ++i) {
        const auto &found = (*read)[i], wanted = answers()[i];
        ASSERT_EQ(found.has_value(), wanted.has_value());
        if (wanted) {
            EXPECT_EQ(*found, *wanted);
        } else {
            EXPECT_EQ(found.error().code, wanted.error().code);
            EXPECT_EQ(found.error().detail, "why");
        }
    }
}

TEST(Peer, refuses_bytes_that_were_cut_short) {
    const auto asked = to_bytes(questions), told = to_bytes(answers());
    for (std::size_t size = 0; size < asked.size() / 2; ++size)
        EXPECT_FALSE(read_peer_questions(asked.substr(0, size))) << size;
    for (std::size_t size = 0; size < told.size() / 2; ++size)
        EXPECT_FALSE(read_peer_answers(told.substr(0, size))) << size;
}

// Whatever it is read as, nothing beyond its bytes is read.
template <class Read> void flip_each_byte(const std::string& bytes, Read read) {
    for (std::size_t place = 0; place < bytes.size(); ++place)
        for (const char flipped : {'\x01', '\x80', '\xff'}) {
            auto changed = bytes;
            changed[place] = static_cast<char>(changed[place] ^ flipped);
            const auto found = read(changed);
            EXPECT_TRUE(!found || found->size() <= bytes.size());
        }
}

TEST(Peer, takes_any_byte_for_what_it_is) {
    flip_each_byte(to_bytes(questions), read_peer_questions);
    flip_each_byte(to_bytes(answers()), read_peer_answers);
}

TEST(Peer, refuses_more_questions_than_a_message_may_have) {
    std::vector<PeerQuestion> many(peer_questions_max, questions.back());
    EXPECT_TRUE(read_peer_questions(to_bytes(many)));
    many.push_back(questions.back());
    EXPECT_EQ(read_peer_questions(to_bytes(many)).error(), Malformed::value_is_outside_its_range);
}

TEST(Peer, says_that_the_outcome_is_unknown_of_what_does_not_fit) {
    std::vector<PeerOutcome> list(5, PeerAnswer{0, 1, Bytes(8 << 20)});
    const auto bytes = to_bytes(list);
    EXPECT_LE(bytes.size(), peer_answers_bytes_max);
    const auto read = read_peer_answers(bytes);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->front());
    ASSERT_FALSE(read->back());
    EXPECT_EQ(read->back().error().code, Error::unavailable);
}

TEST(Peer, shows_a_credential_of_its_namespace_and_secret) {
    const auto shown = peer_credential("shop", "secret");
    EXPECT_EQ(shown.size(), 64U);
    EXPECT_EQ(shown.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(shown, peer_credential("shop", "secret"));
    EXPECT_NE(shown, peer_credential("shop", "secrets"));
    EXPECT_NE(shown, peer_credential("shops", "secret"));
    EXPECT_EQ(shown.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::wire
