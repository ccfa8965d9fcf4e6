// SharedKeyStore: the keys in a table that all engines of a namespace have (ports/shared_table.h),
// each sealed under the namespace's secret, and all of them in memory.
//
//     row "<subject's name>/<16 hexadecimal digits, the key's id>" = the key, a box (sealing.h)
//     row "secret/<16 hexadecimal digits, the secret's id>"        = a box of nothing
//
// Order       of a name's keys that are not forgotten the first seals, on every engine; any of them
//             opens. So two engines that make keys for one subject at once agree.
// Invariant   a key is written once, and under a name of its own: another attempt is another key.
//             So it never loses its place in the order, whatever is dropped of the table's past.
// Durability  as the table's: a key is used when the table has told of it, no sooner.
// Threading   as the port; prepare() and forget() wait as long as the table does.
// Limits      about 130 bytes of memory a key.
// Errors      open() is refused when the namespace was begun with another secret, and damaged when
//             a key is not what was written. Later such a key is passed over, and the log says so.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <shared_mutex>

#include "engine/adapters/sodium/sealing.h"
#include "engine/ports/shared_table.h"

namespace holdfast::sodium {

// A file of 64 hexadecimal digits, as `openssl rand -hex 32` makes them.
std::expected<Key, Error> secret_in(const std::filesystem::path& file);

class SharedKeyStore final : public KeyStore {
public:
    static std::expected<std::unique_ptr<SharedKeyStore>, Error> open(
        std::unique_ptr<SharedTable> table, const Key& secret);
    ~SharedKeyStore() override { table_.reset(); }  // it tells no more

    std::expected<void, Error> prepare(const std::vector<std::string>& subjects) override;
    std::expected<std::optional<Box>, Error> seal(std::string_view subject,
                                                  std::string_view text) override;
    std::expected<std::optional<std::string>, Error> open(
        std::string_view subject, std::span<const std::uint8_t> box) override;
    std::expected<std::optional<std::uint64_t>, Error> fingerprint(std::string_view subject,
                                                                   std::string_view text) override;
    std::expected<void, Error> forget(const std::vector<std::string>& subjects) override;

    std::size_t size() const;  // keys

private:
    struct Place {
        std::array<char, 32> name;
        std::uint64_t number;  // in the order they were told in
        auto operator<=>(const Place&) const = default;
    };
    using Keys = std::map<Place, Key>;

    SharedKeyStore(std::unique_ptr<SharedTable> table, const Key& secret)
        : table_(std::move(table)), secret_(secret) {}
    std::expected<void, Error> take(std::string_view row, SharedTable::Value value);
    std::expected<void, Error> take_secret(std::string_view id);
    std::expected<void, Error> take_key(std::string_view row, std::span<const std::uint8_t> box);
    void drop_key(std::string_view row);

    // Under the lock: the subject's keys, in their order.
    std::pair<Keys::const_iterator, Keys::const_iterator> keys_of(std::string_view name) const;
    std::optional<Key> sealing_key(std::string_view subject) const;

    std::unique_ptr<SharedTable> table_;
    const Key secret_;
    mutable std::shared_mutex mutex_;  // for what follows; held for no call that waits
    Keys keys_;
    std::uint64_t told_ = 0;
    std::string begun_with_;  // the id of the secret that was there first
};

}  // namespace holdfast::sodium
