#include "projections/token.h"

#include <algorithm>
#include <limits>

#include "projections/opaque.h"

namespace holdfast::projections {
namespace {

constexpr char first_generation = 'T', later_generation = 'U';  // which one stands before the rest

// Seven bits a byte, the lowest first; the highest bit says that more come.
void put(std::string& to, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) to += static_cast<char>(number | 0x80);
    to += static_cast<char>(number);
}
std::optional<std::uint64_t> take(std::string_view& from) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        number |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) return number;
    }
    return {};
}

}  // namespace

void Token::add(PartitionId at, Sequence sequence) {
    const auto place = std::ranges::lower_bound(positions_, at, {}, &Position::at);
    if (place != positions_.end() && place->at == at)
        place->sequence = std::max(place->sequence, sequence);
    else
        positions_.insert(place, {at, sequence});
}

void Token::merge(const Token& other) {
    if (!other.empty()) generation_ = other.generation_;
    for (const auto& position : other.positions_) add(position.at, position.sequence);
}

std::string Token::text() const {
    std::string bytes;
    if (generation_ != 1) put(bytes, generation_);
    for (const auto& [at, sequence] : positions_) {
        bytes += static_cast<char>(at.context);
        put(bytes, at.partition);
        put(bytes, sequence);
    }
    return closed(generation_ == 1 ? first_generation : later_generation, bytes);
}

std::optional<Token> Token::from_text(std::string_view text) {
    auto bytes = opened(first_generation, text);
    const bool is_first = bytes.has_value();
    if (!is_first) bytes = opened(later_generation, text);
    if (!bytes) return {};
    std::string_view rest = *bytes;
    const auto generation = is_first ? 1 : take(rest);
    if (!generation || *generation > std::numeric_limits<std::uint32_t>::max()) return {};
    Token token(static_cast<std::uint32_t>(*generation));
    while (!rest.empty()) {
        const auto context = static_cast<std::uint8_t>(rest.front());
        rest.remove_prefix(1);
        const auto partition = take(rest), sequence = take(rest);
        if (!partition || *partition > 0xffff || !sequence) return {};
        token.add({context, static_cast<std::uint16_t>(*partition)}, *sequence);
        if (token.positions_.size() > positions_max) return {};
    }
    if (token.text() != text) return {};
    return token;
}

}  // namespace holdfast::projections
