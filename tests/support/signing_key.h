// SigningKey: makes bearer tokens and keeps the file that verifies them.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <jwt/jwt.hpp>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "engine/http/tokens.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {

class SigningKey {
public:
    using Algorithm = http::TokenSettings::Algorithm;

    explicit SigningKey(Algorithm algorithm) : algorithm_(algorithm) {
        if (algorithm == Algorithm::hs256) {
            private_key_ = "a secret that is long enough to be one";
            public_key_ = private_key_ + '\n';
        } else {
            const auto key =
                algorithm == Algorithm::rs256 ? EVP_RSA_gen(2'048U) : EVP_EC_gen("P-256");
            private_key_ = pem([&](BIO* to) {
                return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
            });
            public_key_ = pem([&](BIO* to) { return PEM_write_bio_PUBKEY(to, key); });
            EVP_PKEY_free(key);
        }
        std::ofstream(file_) << public_key_;
    }

    http::TokenSettings settings() const { return {algorithm_, file_, {}}; }
    const std::string& public_key() const { return public_key_; }

    std::string token(const std::string& claims) const {
        constexpr std::string_view names[] = {"HS256", "RS256", "ES256"};
        const std::string name(names[static_cast<std::size_t>(algorithm_)]);
        return token(claims, R"({"alg":")" + name + R"(","typ":"JWT"})");
    }
    std::string token(const std::string& claims, const std::string& header) const {
        const auto text = encoded(header) + '.' + encoded(claims);
        return text + '.' + encoded(signature_of(text));
    }
    static std::string encoded(const std::string& bytes) {
        auto text = jwt::base64_encode(bytes.data(), bytes.size());
        text.resize(jwt::base64_uri_encode(text.data(), text.size()));
        return text;
    }

private:
    template <class Write> static std::string pem(Write write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> to(BIO_new(BIO_s_mem()), BIO_free);
        EXPECT_EQ(write(to.get()), 1);
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(to.get(), &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }
    std::string signature_of(const std::string& text) const {
        const jwt::string_view key(private_key_), data(text);
        switch (algorithm_) {
            case Algorithm::rs256: return jwt::PEMSign<jwt::algo::RS256>::sign(key, data).first;
            case Algorithm::es256: return jwt::PEMSign<jwt::algo::ES256>::sign(key, data).first;
            case Algorithm::hs256: break;
        }
        return jwt::HMACSign<jwt::algo::HS256>::sign(key, data).first;
    }

    Algorithm algorithm_;
    TemporaryFolder folder_;
    std::string file_ = folder_.path() / "key";
    std::string private_key_, public_key_;
};

}  // namespace holdfast
