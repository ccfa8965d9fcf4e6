#include "engine/http/key_file.h"

#include <fstream>
#include <iterator>

namespace holdfast::http {
namespace {

std::unexpected<Error> unusable(std::string_view what, const std::string& file,
                                std::string_view why) {
    return std::unexpected(
        Error{Error::refused, std::string(what).append(" ").append(file).append(": ").append(why)});
}

}  // namespace

std::expected<std::string, Error> read_key_file(std::string_view what, const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string key{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad()) return unusable(what, file, "cannot be read");
    if (key.ends_with('\n')) key.pop_back();
    return key;
}

std::expected<std::string, Error> read_secret_file(std::string_view what, const std::string& file) {
    auto secret = read_key_file(what, file);
    if (secret && secret->size() < secret_bytes_min)
        return unusable(what, file, "a secret has at least 32 bytes");
    return secret;
}

}  // namespace holdfast::http
