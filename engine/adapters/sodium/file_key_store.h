// FileKeyStore: the keys in a folder, one file a subject, readable by the engine's user alone. Its
// name is a hash of the subject.
//
//     <folder>/<32 hexadecimal digits>   = <version u8 = 1><key, 32 bytes><its id, 8 bytes>
//
// Durability  as the port: file and folder are synced before a key is used, and after it is gone.
// Threading   by any thread; one process, which holds the lock of the data folder. One caller at a
//             time makes or forgets keys, and holds up nobody who seals or opens.
// Limits      keys_max keys in memory. A file system may keep the blocks of a file that is gone:
//             where that matters, encrypt the disk.
// Errors      refused: no such folder can be made. As the port's.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
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

    std::expected<void, Error> prepare(const std::vector<std::string>& subjects) override;
    std::expected<std::optional<Box>, Error> seal(std::string_view subject,
                                                  std::string_view text) override;
    std::expected<std::optional<std::string>, Error> open(
        std::string_view subject, std::span<const std::uint8_t> box) override;
    std::expected<std::optional<std::uint64_t>, Error> fingerprint(std::string_view subject,
                                                                   std::string_view text) override;
    std::expected<void, Error> forget(const std::vector<std::string>& subjects) override;

private:
    // Subjects by their names, so that threads seldom meet.
    struct Group {
        std::mutex mutex;
        std::unordered_map<std::string, Key> keys;
        std::set<std::string> unsynced;  // whose file may not outlive a power cut: not found yet
    };
    using Made = std::vector<std::pair<std::string, Key>>;
    FileKeyStore(Descriptor folder, std::size_t keys_max)
        : folder_(std::move(folder)), keys_max_in_a_group_(keys_max / groups_.size() + 1) {}

    Group& group_of(std::string_view name);
    std::expected<std::optional<Key>, Error> find(const std::string& name);
    std::expected<std::optional<Key>, Error> read(const std::string& name) const;
    std::expected<void, Error> make(const std::vector<std::string>& subjects, Made& made);
    std::expected<void, Error> write(const std::string& name, const Key& key) const;
    std::expected<void, Error> sync_folder() const;
    void remember(Group& group, const std::string& name, const Key& key) const;

    Descriptor folder_;
    std::mutex making_;  // for who makes and forgets, with the waiting for the disk
    std::array<Group, 16> groups_;
    std::size_t keys_max_in_a_group_;
};

}  // namespace holdfast::sodium
