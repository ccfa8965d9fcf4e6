#include "engine/wire/hash.h"

#include <cassert>
#include <cstring>

#include <openssl/evp.h>

namespace holdfast::wire {
namespace {

// OpenSSL fails here only without memory or without its default provider: nothing can go on.
void must(int done) { assert(done == 1); }

const EVP_MD* algorithm(const char* name) {
    const EVP_MD* found = EVP_MD_fetch(nullptr, name, nullptr);
    assert(found != nullptr);
    return found;
}

const EVP_MD* sha256() {
    static const EVP_MD* const fetched = algorithm("SHA256");
    return fetched;
}

// What EVP_MD_CTX_free frees has a type of its own in the header, so that it needs no OpenSSL.
struct Context {
    EVP_MD_CTX* raw = EVP_MD_CTX_new();
    Context() { assert(raw != nullptr); }
    ~Context() { EVP_MD_CTX_free(raw); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
};

using Hash512 = std::array<std::byte, 64>;

Hash512 blake2b_512(std::span<const std::string_view> parts) {
    static const EVP_MD* const blake2b = algorithm("BLAKE2B-512");
    thread_local const Context context;
    must(EVP_DigestInit_ex2(context.raw, blake2b, nullptr));
    for (const auto part : parts) {
        std::array<unsigned char, 8> length{};
        for (std::size_t i = 0; i < length.size(); ++i)
            length[i] = static_cast<unsigned char>(part.size() >> (8 * i));
        must(EVP_DigestUpdate(context.raw, length.data(), length.size()));
        must(EVP_DigestUpdate(context.raw, part.data(), part.size()));
    }
    Hash512 hash;
    must(EVP_DigestFinal_ex(context.raw, reinterpret_cast<unsigned char*>(hash.data()), nullptr));
    return hash;
}

}  // namespace

Hash128 blake2b_128(std::span<const std::string_view> parts) {
    const auto whole = blake2b_512(parts);
    Hash128 hash;
    std::memcpy(hash.data(), whole.data(), hash.size());
    return hash;
}

std::uint64_t blake2b_64(std::span<const std::string_view> parts) {
    const auto whole = blake2b_512(parts);
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < 8; ++i) hash |= std::to_integer<std::uint64_t>(whole[i]) << (8 * i);
    return hash;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    assert(context_ != nullptr);
    must(EVP_DigestInit_ex2(context_.get(), sha256(), nullptr));
}

void Sha256::add(std::span<const std::byte> bytes) {
    must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Hash256 Sha256::finish() {
    Hash256 hash;
    must(
        EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr));
    must(EVP_DigestInit_ex2(context_.get(), sha256(), nullptr));
    return hash;
}

}  // namespace holdfast::wire
