#include "engine/adapters/sodium/file_key_store.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace holdfast::sodium {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t id_at = 1 + Key::bytes;
using KeyFile = std::array<std::uint8_t, id_at + sizeof(Key::Id)>;

// The one place where a failed call becomes an Error.
std::unexpected<Error> failed_to(const std::string& doing) {
    return std::unexpected(Error{
        Error::unavailable, "cannot " + doing + ": " + std::generic_category().message(errno)});
}

// Until all of it is through; a short count is the end of the file.
template <class Call, class Bytes> ssize_t whole(Call call, int file, Bytes* bytes, std::size_t n) {
    std::size_t done = 0;
    while (done < n) {
        const auto count = call(file, bytes + done, n - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(done);
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Descriptor::~Descriptor() {
    if (open()) ::close(number_);
}

std::expected<std::unique_ptr<FileKeyStore>, Error> FileKeyStore::open(
    const std::filesystem::path& folder, std::size_t keys_max) {
    if (const auto started = start(); !started) return std::unexpected(started.error());
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.open() || ::fchmod(opened.number(), S_IRWXU) != 0) {
        auto error = failed_to("use the folder of keys " + folder.string()).error();
        error.code = Error::refused;
        return std::unexpected(std::move(error));
    }
    return std::unique_ptr<FileKeyStore>(new FileKeyStore(std::move(opened), keys_max));
}

std::expected<std::optional<Box>, Error> FileKeyStore::seal(std::string_view subject,
                                                            std::string_view text) {
    const auto found = find(name_of(subject));
    if (!found) return std::unexpected(found.error());
    const auto& key = *found;
    return key ? std::optional(sodium::seal(*key, subject, text)) : std::nullopt;
}

std::expected<std::optional<std::string>, Error> FileKeyStore::open(
    std::string_view subject, std::span<const std::uint8_t> box) {
    const auto wanted = key_of(box);
    if (!wanted) return std::unexpected(wanted.error());
    const auto found = find(name_of(subject));
    if (!found) return std::unexpected(found.error());
    const auto& key = *found;
    if (!key || key->id() != *wanted) return std::nullopt;
    return sodium::open(*key, subject, box);
}

std::expected<std::optional<std::uint64_t>, Error> FileKeyStore::fingerprint(
    std::string_view subject, std::string_view text) {
    const auto found = find(name_of(subject));
    if (!found) return std::unexpected(found.error());
    const auto& key = *found;
    return key ? std::optional(sodium::fingerprint(*key, text)) : std::nullopt;
}

// The folder is synced once for all; before that nobody finds what is in it since.
std::expected<void, Error> FileKeyStore::prepare(const std::vector<std::string>& subjects) {
    const std::scoped_lock one_at_a_time(making_);
    Made made;
    auto done = make(subjects, made);
    if (done && !made.empty()) done = sync_folder();
    for (const auto& [name, key] : made) {
        auto& group = group_of(name);
        const std::scoped_lock lock(group.mutex);
        group.unsynced.erase(name);
        if (done)
            remember(group, name, key);
        else
            ::unlinkat(folder_.number(), name.c_str(), 0);
    }
    return done;
}

std::expected<void, Error> FileKeyStore::make(const std::vector<std::string>& subjects,
                                              Made& made) {
    for (const auto& subject : std::set<std::string_view>(subjects.begin(), subjects.end())) {
        const auto name = name_of(subject);
        const auto found = find(name);
        if (!found) return std::unexpected(found.error());
        if (*found) continue;
        auto& group = group_of(name);
        {
            const std::scoped_lock lock(group.mutex);
            group.unsynced.insert(name);
        }
        const auto& key = made.emplace_back(name, Key::made()).second;
        if (auto written = write(name, key); !written) return written;
    }
    return {};
}

std::expected<void, Error> FileKeyStore::forget(const std::vector<std::string>& subjects) {
    const std::scoped_lock one_at_a_time(making_);
    for (const auto& subject : subjects) {
        const auto name = name_of(subject);
        auto& group = group_of(name);
        const std::scoped_lock lock(group.mutex);
        group.keys.erase(name);
        for (const auto& file : {name, name + ".new"})
            if (::unlinkat(folder_.number(), file.c_str(), 0) != 0 && errno != ENOENT)
                return failed_to("remove the key " + file);
    }
    return sync_folder();
}

FileKeyStore::Group& FileKeyStore::group_of(std::string_view name) {
    return groups_[std::hash<std::string_view>()(name) % groups_.size()];
}

std::expected<std::optional<Key>, Error> FileKeyStore::find(const std::string& name) {
    auto& group = group_of(name);
    const std::scoped_lock lock(group.mutex);
    if (group.unsynced.contains(name)) return std::nullopt;
    if (const auto known = group.keys.find(name); known != group.keys.end()) return known->second;
    auto found = read(name);
    if (!found) return found;
    if (const auto& key = *found) remember(group, name, *key);
    return found;
}

std::expected<std::optional<Key>, Error> FileKeyStore::read(const std::string& name) const {
    const Descriptor file(::openat(folder_.number(), name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.open() && errno == ENOENT) return std::nullopt;
    if (!file.open()) return failed_to("open the key " + name);
    KeyFile bytes{};
    const auto count = whole(::read, file.number(), bytes.data(), bytes.size());
    if (count < 0) return failed_to("read the key " + name);
    Key key{std::span(bytes).subspan<1, Key::bytes>()};
    const bool right = count == std::ssize(bytes) && bytes[0] == version &&
                       std::ranges::equal(key.id(), std::span(bytes).subspan<id_at>());
    sodium_memzero(bytes.data(), bytes.size());
    if (!right)
        return std::unexpected(Error{Error::damaged, "the key " + name +
                                                         " is not what was written; put it back "
                                                         "from a backup, or forget the subject"});
    return key;
}

std::expected<void, Error> FileKeyStore::write(const std::string& name, const Key& key) const {
    const auto fresh = name + ".new";
    const Descriptor file(::openat(folder_.number(), fresh.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file.open()) return failed_to("make the key " + name);
    KeyFile bytes{version};
    std::ranges::copy(key.raw(), bytes.begin() + 1);
    std::ranges::copy(key.id(), bytes.begin() + id_at);
    const auto count = whole(::write, file.number(), bytes.data(), bytes.size());
    sodium_memzero(bytes.data(), bytes.size());
    if (count != std::ssize(bytes) || ::fsync(file.number()) != 0)
        return failed_to("write the key " + name);
    if (::renameat(folder_.number(), fresh.c_str(), folder_.number(), name.c_str()) != 0)
        return failed_to("name the key " + name);
    return {};
}

std::expected<void, Error> FileKeyStore::sync_folder() const {
    if (::fsync(folder_.number()) != 0) return failed_to("sync the folder of keys");
    return {};
}

void FileKeyStore::remember(Group& group, const std::string& name, const Key& key) const {
    if (group.keys.size() >= keys_max_in_a_group_) group.keys.erase(group.keys.begin());
    group.keys.emplace(name, key);
}

}  // namespace holdfast::sodium
