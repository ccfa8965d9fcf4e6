#include "engine/adapters/sodium/shared_key_store.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>

#include <sodium.h>
#include <spdlog/spdlog.h>

#include "engine/wire/hex.h"

namespace holdfast::sodium {
namespace {

constexpr std::string_view secrets = "secret/";
constexpr std::size_t name_digits = 32, id_digits = 2 * sizeof(Key::Id);

std::string_view text_of(const Key::Raw& raw) {
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

std::string digits_of(const Key::Id& id) { return wire::hexadecimal(std::as_bytes(std::span(id))); }

std::string row_of(std::string_view name, const Key::Id& id) {
    return std::string(name).append("/").append(digits_of(id));
}

bool is_a_keys_row(std::string_view row) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return row.size() == name_digits + 1 + id_digits && row[name_digits] == '/' &&
           std::ranges::all_of(row.substr(0, name_digits), is_digit) &&
           std::ranges::all_of(row.substr(name_digits + 1), is_digit);
}

std::unexpected<Error> refused(std::string why) {
    return std::unexpected(Error{Error::refused, std::move(why)});
}

}  // namespace

std::expected<Key, Error> secret_in(const std::filesystem::path& file) {
    if (const auto started = start(); !started) return std::unexpected(started.error());
    std::ifstream stream(file, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(stream), {});
    if (!stream.good() && text.empty())
        return refused("the file of the keys' secret, " + file.string() + ", cannot be read");
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    Key::Raw raw{};
    std::size_t count = 0;
    const char* end = nullptr;
    const int failed =
        sodium_hex2bin(raw.data(), raw.size(), text.data(), text.size(), nullptr, &count, &end);
    const bool is_whole = failed == 0 && count == raw.size() && end == text.data() + text.size();
    sodium_memzero(text.data(), text.size());
    if (!is_whole)
        return refused("the file of the keys' secret, " + file.string() +
                       ", is not 64 hexadecimal digits, as openssl rand -hex 32 makes them");
    const Key secret(raw);
    sodium_memzero(raw.data(), raw.size());
    return Key(secret);
}

std::expected<std::unique_ptr<SharedKeyStore>, Error> SharedKeyStore::open(
    std::unique_ptr<SharedTable> table, const Key& secret) {
    if (const auto started = start(); !started) return std::unexpected(started.error());
    std::unique_ptr<SharedKeyStore> store(new SharedKeyStore(std::move(table), secret));
    auto followed = store->table_->follow(
        [store = store.get()](auto row, auto value) { return store->take(row, value); });
    if (!followed) return std::unexpected(std::move(followed.error()));
    // Nobody has begun it yet, unless somebody does it at this moment: who is first is told to all.
    const auto has_begun = [&store] {  // it is followed by now
        const std::shared_lock lock(store->mutex_);
        return !store->begun_with_.empty();
    };
    if (!has_begun()) {
        const auto row = std::string(secrets) + digits_of(secret.id());
        auto begun = store->table_->write({{row, sodium::seal(secret, row, "")}});
        if (!begun) return std::unexpected(std::move(begun.error()));
    }
    const std::shared_lock lock(store->mutex_);
    if (auto ours = store->take_secret(store->begun_with_); !ours)
        return std::unexpected(std::move(ours.error()));
    spdlog::info("event=keys_read keys={}", store->keys_.size());
    return store;
}

// ---- what is told ----

std::expected<void, Error> SharedKeyStore::take(std::string_view row, SharedTable::Value value) {
    const std::unique_lock lock(mutex_);
    if (row.starts_with(secrets) && value) {
        if (begun_with_.empty()) begun_with_ = row.substr(secrets.size());
        return take_secret(begun_with_);
    }
    if (!is_a_keys_row(row)) {
        spdlog::warn("event=foreign_row row=\"{}\"", row);
        return {};
    }
    if (value) return take_key(row, *value);
    drop_key(row);
    return {};
}

std::expected<void, Error> SharedKeyStore::take_secret(std::string_view id) {
    const auto ours = digits_of(secret_.id());
    if (id == ours) return {};
    return refused("the keys of this namespace are sealed under another secret (" +
                   std::string(id) + ", and the file has " + ours +
                   "): give this engine the file that the others have");
}

std::expected<void, Error> SharedKeyStore::take_key(std::string_view row,
                                                    std::span<const std::uint8_t> box) {
    const auto wanted = key_of(box);
    if (!wanted || *wanted != secret_.id())
        return refused("the key " + std::string(row) +
                       " is not sealed under the secret that this engine was given");
    auto raw = sodium::open(secret_, row, box);
    const bool is_whole = raw && raw->size() == Key::bytes;
    Place place{{}, told_};
    std::copy_n(row.begin(), name_digits, place.name.begin());
    bool is_right = false;
    if (is_whole) {
        const Key key{std::span<const std::uint8_t, Key::bytes>(
            reinterpret_cast<const std::uint8_t*>(raw->data()), Key::bytes)};
        is_right = row.ends_with(digits_of(key.id()));
        const auto [first, last] = keys_of(row.substr(0, name_digits));
        const bool is_known = std::any_of(
            first, last, [&](const auto& known) { return known.second.id() == key.id(); });
        if (is_right && !is_known) keys_.emplace(place, key), ++told_;
    }
    if (raw) sodium_memzero(raw->data(), raw->size());
    if (is_right) return {};
    return std::unexpected(Error{Error::damaged, "the key " + std::string(row) +
                                                     " is not what was written; put it back from a "
                                                     "copy, or remove that row"});
}

void SharedKeyStore::drop_key(std::string_view row) {
    const auto [first, last] = keys_of(row.substr(0, name_digits));
    const auto found = std::find_if(first, last, [&](const auto& known) {
        return row.ends_with(digits_of(known.second.id()));
    });
    if (found != last) keys_.erase(found);
}

// ---- what is asked ----

std::pair<SharedKeyStore::Keys::const_iterator, SharedKeyStore::Keys::const_iterator>
SharedKeyStore::keys_of(std::string_view name) const {
    Place place{};
    std::copy_n(name.begin(), name_digits, place.name.begin());
    const auto first = keys_.lower_bound(place);
    place.number = ~std::uint64_t{0};
    return {first, keys_.upper_bound(place)};
}

std::optional<Key> SharedKeyStore::sealing_key(std::string_view subject) const {
    const std::shared_lock lock(mutex_);
    const auto [first, last] = keys_of(name_of(subject));
    return first == last ? std::nullopt : std::optional(first->second);
}

std::expected<std::optional<Box>, Error> SharedKeyStore::seal(std::string_view subject,
                                                              std::string_view text) {
    const auto key = sealing_key(subject);
    if (!key) return std::nullopt;
    return sodium::seal(*key, subject, text);
}

std::expected<std::optional<std::string>, Error> SharedKeyStore::open(
    std::string_view subject, std::span<const std::uint8_t> box) {
    const auto wanted = key_of(box);
    if (!wanted) return std::unexpected(wanted.error());
    std::optional<Key> key;
    {
        const std::shared_lock lock(mutex_);
        const auto [first, last] = keys_of(name_of(subject));
        const auto found = std::find_if(
            first, last, [&](const auto& known) { return known.second.id() == *wanted; });
        if (found == last) return std::nullopt;
        key = found->second;
    }
    return sodium::open(*key, subject, box);
}

std::expected<std::optional<std::uint64_t>, Error> SharedKeyStore::fingerprint(
    std::string_view subject, std::string_view text) {
    const auto key = sealing_key(subject);
    if (!key) return std::nullopt;
    return sodium::fingerprint(*key, text);
}

// ---- what waits ----

std::expected<void, Error> SharedKeyStore::prepare(const std::vector<std::string>& subjects) {
    std::vector<SharedTable::Row> rows;
    for (const auto& subject : std::set<std::string_view>(subjects.begin(), subjects.end())) {
        if (sealing_key(subject)) continue;
        const auto key = Key::made();
        auto row = row_of(name_of(subject), key.id());
        auto box = sodium::seal(secret_, row, text_of(key.raw()));
        rows.push_back({std::move(row), std::move(box)});
    }
    return rows.empty() ? std::expected<void, Error>() : table_->write(rows);
}

// Of a key that another engine has just made this one may not have been told yet.
std::expected<void, Error> SharedKeyStore::forget(const std::vector<std::string>& subjects) {
    if (auto caught_up = table_->catch_up(); !caught_up) return caught_up;
    std::vector<SharedTable::Row> rows;
    {
        const std::shared_lock lock(mutex_);
        for (const auto& subject : subjects) {
            const auto name = name_of(subject);
            const auto [first, last] = keys_of(name);
            for (auto key = first; key != last; ++key)
                rows.push_back({row_of(name, key->second.id()), std::nullopt});
        }
    }
    return rows.empty() ? std::expected<void, Error>() : table_->write(rows);
}

std::size_t SharedKeyStore::size() const {
    const std::shared_lock lock(mutex_);
    return keys_.size();
}

}  // namespace holdfast::sodium
