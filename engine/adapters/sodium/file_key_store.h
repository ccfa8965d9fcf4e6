// FileKeyStore: the keys in a folder, one file a subject, readable by the engine's user alone. Its
// name is a hash of the subject.
//
//     <folder>/<32 hexadecimal digits>   = <version u8 = 1><key, 32 bytes><its id, 8 bytes>
//
// Durability  as the port: file and folder are synced before a key is used, and after it is gone.
// Threading   by any thread; one process, which holds the lock of the data folder.
// Limits      keys_max keys in memory. A file system may keep the blocks of a file that is gone:
//             where that matters, encrypt the disk.
// Errors      refused: no such folder can be made. As the port's.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "engine/adapters/sodium/sealing.h"

namespace holdfast::sodium {

// Closes what it names.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();
    int number() const { return number_; }
    bool open() const { return number_ >= 0; }

private:
    int number_;
};

class FileKeyStore final : public KeyStore {
public:
    static std::expected<std::unique_ptr<FileKeyStore>, Error> open(
        const std::filesystem::path& folder, std::size_t keys_max = 10'000);

    std::expected<Box, Error> seal(std::string_view subject, std::string_view text) override;
    std::expected<std::optional<std::string>, Error> open(
        std::string_view subject, std::span<const std::uint8_t> box) override;
    std::expected<std::uint64_t, Error> fingerprint(std::string_view subject,
                                                    std::string_view text) override;
    std::expected<void, Error> forget(std::string_view subject) override;

private:
    // Subjects by their names: who makes, reads or forgets a key holds up no other group's.
    struct Group {
        std::mutex mutex;
        std::unordered_map<std::string, Key> keys;
    };
    FileKeyStore(Descriptor folder, std::size_t keys_max)
        : folder_(std::move(folder)), keys_max_in_a_group_(keys_max / groups_.size() + 1) {}

    Group& group_of(std::string_view name);
    std::expected<std::optional<Key>, Error> find(std::string_view subject);
    std::expected<Key, Error> find_or_make(std::string_view subject);
    std::expected<std::optional<Key>, Error> find_in(Group& group, const std::string& name);
    std::expected<std::optional<Key>, Error> read(const std::string& name) const;
    std::expected<void, Error> write(const std::string& name, const Key& key) const;
    std::expected<void, Error> sync_folder() const;
    void remember(Group& group, const std::string& name, const Key& key) const;

    Descriptor folder_;
    std::array<Group, 16> groups_;
    std::size_t keys_max_in_a_group_;
};

}  // namespace holdfast::sodium
