#include "cart_tables.h"
#include "engine/wire/record_of.h"

namespace holdfast::wire {

template std::string to_bytes(const Command<Cart>&);
template std::expected<Command<Cart>, Malformed> read_command(std::span<const std::byte>);
template void write(BatchWriter&, const Decision<Cart>&);
template std::expected<Decision<Cart>, Malformed> read_decision(std::span<const std::byte>);

}  // namespace holdfast::wire
