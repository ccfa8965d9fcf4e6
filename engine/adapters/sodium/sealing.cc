#include "engine/adapters/sodium/sealing.h"

#include <algorithm>
#include <cassert>

#include <sodium.h>

#include "engine/wire/hex.h"

namespace holdfast::sodium {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t nonce_at = 1 + sizeof(Key::Id);
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t text_at = nonce_at + nonce_bytes;
static_assert(Key::bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(box_bytes_more == text_at + crypto_aead_xchacha20poly1305_ietf_ABYTES);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// What a key is used for, so that its id says nothing about a fingerprint, nor one about a box.
using Purpose = const char (&)[crypto_generichash_blake2b_PERSONALBYTES + 1];
constexpr char naming[] = "holdfast key id ", marking[] = "holdfast request",
               listing[] = "holdfast subject", sealing[] = "holdfast a nonce";

// BLAKE2b of the texts, one behind the other, under the key, which may be none, for one purpose.
template <std::size_t Bytes>
std::array<std::uint8_t, Bytes> hash(Purpose purpose, std::span<const std::uint8_t> key,
                                     std::initializer_list<std::string_view> texts) {
    // libsodium gives 16 bytes at least.
    std::array<std::uint8_t, std::max<std::size_t>(Bytes, crypto_generichash_BYTES_MIN)> whole;
    crypto_generichash_blake2b_state state;
    int failed = crypto_generichash_blake2b_init_salt_personal(
        &state, key.data(), key.size(), whole.size(), nullptr, bytes_of(purpose));
    for (const auto text : texts)
        failed |= crypto_generichash_blake2b_update(&state, bytes_of(text), text.size());
    failed |= crypto_generichash_blake2b_final(&state, whole.data(), whole.size());
    assert(failed == 0);
    std::array<std::uint8_t, Bytes> first;
    std::copy_n(whole.begin(), Bytes, first.begin());
    return first;
}

// The same text of the same subject must be the same box: what it is compared with, to know that
// nothing has changed, is boxes alone. So the nonce follows from the two under the subject's key
// (as in RFC 5297, "nonce misuse" cannot be: another text has another nonce, but for a collision of
// 192 bits). To one who has not the key it says nothing but that two boxes hold the same.
std::array<std::uint8_t, nonce_bytes> nonce_for(const Key& key, std::string_view subject,
                                                std::string_view text) {
    const auto length = std::to_string(subject.size()) + ":";  // where the text begins
    return hash<nonce_bytes>(sealing, key.raw(), {length, subject, text});
}

std::unexpected<Error> damaged(std::string why) {
    return std::unexpected(Error{Error::damaged, std::move(why)});
}

}  // namespace

Key Key::made() {
    Raw raw;
    randombytes_buf(raw.data(), raw.size());
    const Key key(raw);
    sodium_memzero(raw.data(), raw.size());
    return key;
}

Key::Key(std::span<const std::uint8_t, bytes> raw) {
    std::ranges::copy(raw, raw_.begin());
    id_ = hash<sizeof(Id)>(naming, raw_, {});
}

Key::~Key() { sodium_memzero(raw_.data(), raw_.size()); }

std::expected<void, Error> start() {
    if (sodium_init() < 0)
        return std::unexpected(Error{Error::refused, "libsodium finds no source of randomness"});
    return {};
}

Box seal(const Key& key, std::string_view subject, std::string_view text) {
    Box box(box_bytes_more + text.size());
    box[0] = version;
    std::ranges::copy(key.id(), box.begin() + 1);
    auto* const nonce = box.data() + nonce_at;
    std::ranges::copy(nonce_for(key, subject, text), nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + text_at, nullptr, bytes_of(text),
                                               text.size(), bytes_of(subject), subject.size(),
                                               nullptr, nonce, key.raw().data());
    return box;
}

std::expected<Key::Id, Error> key_of(std::span<const std::uint8_t> box) {
    if (box.size() < box_bytes_more) return damaged("a sealed box is too short");
    if (box[0] != version)
        return damaged("a sealed box has the version " + std::to_string(box[0]) +
                       ", which is not known here");
    Key::Id id;
    std::copy_n(box.begin() + 1, id.size(), id.begin());
    return id;
}

std::expected<std::string, Error> open(const Key& key, std::string_view subject,
                                       std::span<const std::uint8_t> box) {
    std::string text(box.size() - box_bytes_more, '\0');
    const auto sealed = box.subspan(text_at);
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(text.data()), nullptr, nullptr, sealed.data(),
        sealed.size(), bytes_of(subject), subject.size(), box.data() + nonce_at, key.raw().data());
    if (failed != 0)
        return damaged("a sealed box is not as it was sealed, or is another subject's");
    return text;
}

std::uint64_t fingerprint(const Key& key, std::string_view text) {
    std::uint64_t number = 0;
    int shift = 0;
    for (const std::uint64_t byte : hash<8>(marking, key.raw(), {text})) {
        number |= byte << shift;
        shift += 8;
    }
    return number;
}

std::string name_of(std::string_view subject) {
    const auto name = hash<16>(listing, {}, {subject});
    return wire::hexadecimal(std::as_bytes(std::span(name)));
}

}  // namespace holdfast::sodium
