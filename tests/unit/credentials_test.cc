#include "engine/http/credentials.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/signing_key.h"

namespace holdfast::http {
namespace {

using Algorithm = TokenSettings::Algorithm;

constexpr std::int64_t now_s = 1'800'000'000;
const std::string good_claims =
    R"({"sub":"shop-1","scope":"storefront other:scope","exp":1800000060})";

Tokens tokens_of(const SigningKey& key) { return Tokens::from(key.settings()).value(); }
const SigningKey& key_for(Algorithm algorithm) {
    static const SigningKey secret(Algorithm::hs256), rsa(Algorithm::rs256),
        elliptic(Algorithm::es256);
    if (algorithm == Algorithm::hs256) return secret;
    return algorithm == Algorithm::rs256 ? rsa : elliptic;
}
const SigningKey& secret() { return key_for(Algorithm::hs256); }

void expect_bad(const Tokens& tokens, const std::string& token,
                BadToken why = BadToken::is_invalid) {
    const auto verified = tokens.verify(token, now_s);
    ASSERT_FALSE(verified) << token;
    EXPECT_EQ(verified.error(), why) << token;
}
// Every algorithm that there is, each with its own key.
class EveryAlgorithm : public testing::TestWithParam<Algorithm> {};
INSTANTIATE_TEST_SUITE_P(Tokens, EveryAlgorithm,
                         testing::Values(Algorithm::hs256, Algorithm::rs256, Algorithm::es256));

TEST_P(EveryAlgorithm, says_whose_a_genuine_token_is) {
    const auto& key = key_for(GetParam());
    const auto principal = tokens_of(key).verify(key.token(good_claims), now_s);
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->client, "shop-1");
    EXPECT_EQ(principal->scopes, Scopes{Scope::storefront});
}
TEST_P(EveryAlgorithm, refuses_a_token_of_which_one_byte_changed) {
    const auto& key = key_for(GetParam());
    const auto tokens = tokens_of(key);
    const auto token = key.token(good_claims);
    for (std::size_t i = 0; i < token.size(); i += 7) {
        auto changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        expect_bad(tokens, changed);
    }
}
TEST_P(EveryAlgorithm, refuses_a_token_of_another_key) {
    const SigningKey other(GetParam());
    if (GetParam() == Algorithm::hs256) return;  // that secret is the same for all
    expect_bad(tokens_of(key_for(GetParam())), other.token(good_claims));
}
TEST_P(EveryAlgorithm, refuses_a_token_that_names_any_other_algorithm) {
    const auto& key = key_for(GetParam());
    const auto tokens = tokens_of(key);
    for (const std::string name : {"none", "None", "hs256", "HS384", "RS512", "ES384", "PS256", ""})
        expect_bad(tokens, key.token(good_claims, R"({"alg":")" + name + R"("})"));
    for (const auto other : {Algorithm::hs256, Algorithm::rs256, Algorithm::es256})
        if (other != GetParam()) expect_bad(tokens, key_for(other).token(good_claims));
}
TEST(Tokens, take_no_signature_for_none) {
    const auto unsigned_token =
        SigningKey::encoded(R"({"alg":"none"})") + '.' + SigningKey::encoded(good_claims);
    for (const auto algorithm : {Algorithm::hs256, Algorithm::rs256, Algorithm::es256}) {
        expect_bad(tokens_of(key_for(algorithm)), unsigned_token + '.');
        expect_bad(tokens_of(key_for(algorithm)), unsigned_token);
    }
}
TEST(Tokens, take_no_public_key_for_a_secret) {
    const auto& rsa = key_for(Algorithm::rs256);
    const auto text =
        SigningKey::encoded(R"({"alg":"HS256"})") + '.' + SigningKey::encoded(good_claims);
    const auto forged =
        text + '.' +
        SigningKey::encoded(jwt::HMACSign<jwt::algo::HS256>::sign(rsa.public_key(), text).first);
    expect_bad(tokens_of(rsa), forged);
    auto settings = rsa.settings();
    settings.algorithm = Algorithm::hs256;
    EXPECT_FALSE(Tokens::from(settings));
}
TEST(Tokens, hold_from_their_beginning_to_their_end) {
    const auto tokens = tokens_of(secret());
    const auto token = [](std::int64_t begins, std::int64_t ends) {
        return secret().token(R"({"sub":"a","nbf":)" + std::to_string(begins) + R"(,"exp":)" +
                              std::to_string(ends) + "}");
    };
    EXPECT_TRUE(tokens.verify(token(now_s, now_s + 1), now_s));
    EXPECT_TRUE(tokens.verify(token(now_s + 30, now_s - 29), now_s));  // clocks differ a little
    expect_bad(tokens, token(now_s, now_s - 30), BadToken::has_expired);
    expect_bad(tokens, token(now_s + 31, now_s + 60));
}
TEST(Tokens, must_say_whose_they_are_and_until_when) {
    const auto tokens = tokens_of(secret());
    for (const std::string claims :
         {R"({"exp":1800000060})", R"({"sub":"","exp":1800000060})",
          R"({"sub":7,"exp":1800000060})", R"({"sub":"4111111111111111","exp":1800000060})",
          R"({"sub":"a b","exp":1800000060})", R"({"sub":"a"})",
          R"({"sub":"a","exp":"1800000060"})", R"({"sub":"a","exp":-1})",
          R"({"sub":"a","exp":1e300})", R"({"sub":"a","exp":null})",
          R"({"sub":"a","exp":1800000060,"nbf":"soon"})", R"([])", R"("sub")", "", "{"})
        expect_bad(tokens, secret().token(claims));
    const auto of = [](std::size_t bytes) {
        return secret().token(R"({"sub":")" + std::string(bytes, 'a') + R"(","exp":1800000060})");
    };
    EXPECT_TRUE(tokens.verify(of(64), now_s));
    expect_bad(tokens, of(65));
}
TEST(Tokens, are_for_the_configured_audience_when_there_is_one) {
    auto settings = secret().settings();
    settings.audience = "holdfast";
    const auto tokens = Tokens::from(settings).value();
    const auto token = [](const std::string& audience) {
        return secret().token(R"({"sub":"a","exp":1800000060)" + audience + "}");
    };
    EXPECT_TRUE(tokens.verify(token(R"(,"aud":"holdfast")"), now_s));
    EXPECT_TRUE(tokens.verify(token(R"(,"aud":["other","holdfast"])"), now_s));
    expect_bad(tokens, token(R"(,"aud":"other")"));
    expect_bad(tokens, token(R"(,"aud":["other"])"));
    expect_bad(tokens, token(R"(,"aud":7)"));
    expect_bad(tokens, token(""));
}
TEST(Tokens, bind_a_browser_to_its_cart) {
    const auto tokens = tokens_of(secret());
    const auto token = [](const std::string& rest) {
        return secret().token(R"({"sub":"a","exp":1800000060,)" + rest + "}");
    };
    const auto bound =
        tokens.verify(token(R"("scope":"browser","cart":"c1","customer":"d1")"), now_s);
    ASSERT_TRUE(bound);
    EXPECT_EQ(bound->cart, "c1");
    EXPECT_EQ(bound->customer, "d1");
    EXPECT_TRUE(tokens.verify(token(R"("scope":"browser","cart":"c1")"), now_s));
    expect_bad(tokens, token(R"("scope":"browser")"));
    expect_bad(tokens, token(R"("scope":"browser storefront","cart":"c1")"));
}
TEST(Tokens, refuse_an_extension_that_must_be_understood) {
    expect_bad(tokens_of(secret()),
               secret().token(good_claims, R"({"alg":"HS256","crit":["exp"],"exp":1})"));
}
TEST(Tokens, refuse_any_bytes) {
    const auto tokens = tokens_of(secret());
    std::mt19937 random(11);
    for (int round = 0; round < 20'000; ++round) {
        std::string token(random() % 60, '.');
        for (char& letter : token)
            if (random() % 8 != 0) letter = static_cast<char>(random());
        expect_bad(tokens, token);
    }
    for (const std::string part : {"e30", "\xff\xfe\xfd", "e", "", "bnVsbA", "IiI", "====", "W10"})
        for (const std::string other : {"e30", "\x80", "e", ""})
            expect_bad(tokens, part + '.' + other + '.' + part);
    expect_bad(tokens, std::string(9'000, 'e') + ".e30.e30");
}
TEST(Tokens, say_which_key_cannot_be_used) {
    const auto objection = [](Algorithm algorithm, const std::string& file) {
        const auto tokens = Tokens::from({algorithm, file, {}});
        return tokens ? std::string() : tokens.error().detail;
    };
    EXPECT_NE(objection(Algorithm::hs256, "/nonexistent").find("/nonexistent"), std::string::npos);
    const std::string short_file = testing::TempDir() + "/holdfast-short-secret";
    std::ofstream(short_file) << "too short";
    EXPECT_NE(objection(Algorithm::hs256, short_file).find("32 bytes"), std::string::npos);
    EXPECT_NE(objection(Algorithm::rs256, short_file).find("PEM"), std::string::npos);
    std::filesystem::remove(short_file);
    const auto rsa = key_for(Algorithm::rs256).settings().key_file;
    const auto elliptic = key_for(Algorithm::es256).settings().key_file;
    EXPECT_NE(objection(Algorithm::es256, rsa).find("P-256"), std::string::npos);
    EXPECT_NE(objection(Algorithm::rs256, elliptic).find("RSA"), std::string::npos);
}

std::string name_of_refusal(Credentials& credentials, std::string_view header,
                            std::int64_t at = now_s) {
    const auto principal = credentials.principal_of(header, at);
    return principal ? std::string() : std::string(principal.error().name());
}

TEST(Credentials, want_a_bearer_token) {
    Credentials credentials(tokens_of(secret()));
    const auto token = secret().token(good_claims);
    EXPECT_EQ(name_of_refusal(credentials, "Bearer " + token), "");
    EXPECT_EQ(name_of_refusal(credentials, "bearer  " + token), "");
    for (const std::string header : {"", "Bearer", "Bearer ", "Basic YTpi", "Token x"})
        EXPECT_EQ(name_of_refusal(credentials, header), "token_is_missing") << header;
    EXPECT_EQ(name_of_refusal(credentials, "Bearer x"), "token_is_invalid");
}
TEST(Credentials, remember_a_verified_token_only_until_it_expires) {
    Credentials credentials(tokens_of(secret()));
    const auto header = "Bearer " + secret().token(good_claims);
    const auto first = credentials.principal_of(header, now_s);
    const auto second = credentials.principal_of(header, now_s + 89);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(*first, *second);  // the same one, not verified again
    EXPECT_EQ(name_of_refusal(credentials, header, now_s + 90), "token_has_expired");
}
TEST(Credentials, forget_old_tokens_and_verify_them_again) {
    Credentials credentials(tokens_of(secret()));
    const auto header = [](int n) {
        return "Bearer " +
               secret().token(R"({"sub":"c)" + std::to_string(n) + R"(","exp":1800000060})");
    };
    const auto first = credentials.principal_of(header(0), now_s).value();
    for (int n = 1; n < 9'000; ++n) ASSERT_TRUE(credentials.principal_of(header(n), now_s));
    const auto again = credentials.principal_of(header(0), now_s).value();
    EXPECT_NE(first, again);
    EXPECT_EQ(again->client, "c0");
}
TEST(Credentials, need_no_tokens_on_loopback_when_told_so) {
    const auto credentials = Credentials::without_tokens(true);
    ASSERT_TRUE(credentials);
    const auto principal = (*credentials)->principal_of("", now_s);
    ASSERT_TRUE(principal);
    EXPECT_EQ((*principal)->client, "local");
    EXPECT_EQ((*principal)->scopes, Scopes::all());
    EXPECT_FALSE(Credentials::without_tokens(false));
}
TEST(Credentials, know_a_peer_by_what_it_shows_with_tokens_and_without) {
    Credentials with_tokens(tokens_of(secret()));
    const auto without = Credentials::without_tokens(true).value();
    const std::string shown(64, 'a');
    for (auto* credentials : {&with_tokens, without.get()}) {
        const auto is_peer = [&](const std::string& header) {
            const auto principal = credentials->principal_of(header, now_s);
            return principal && (*principal)->scopes == Scopes{Scope::peer};
        };
        EXPECT_FALSE(is_peer("Bearer " + shown));
        credentials->admit_peers(shown);
        EXPECT_TRUE(is_peer("Bearer " + shown));
        for (const auto& wrong : {shown + "a", shown.substr(1), std::string(64, 'b')})
            EXPECT_FALSE(is_peer("Bearer " + wrong));
        EXPECT_FALSE(is_peer(""));
    }
}
TEST(Credentials, let_no_token_be_a_peers) {
    Credentials credentials(tokens_of(secret()));
    const auto token = secret().token(R"({"sub":"c","exp":1800000060,"scope":"peer storefront"})");
    const auto principal = credentials.principal_of("Bearer " + token, now_s);
    ASSERT_TRUE(principal);
    EXPECT_EQ((*principal)->scopes, Scopes{Scope::storefront});
    EXPECT_FALSE(Scopes::all().has(Scope::peer));
}

}  // namespace
}  // namespace holdfast::http
