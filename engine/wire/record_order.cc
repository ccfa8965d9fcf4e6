#include "engine/wire/record_of.h"
#include "order_tables.h"

namespace holdfast::wire {

template std::string to_bytes(const Command<Order>&);
template std::expected<Command<Order>, Malformed> read_command(std::span<const std::byte>);
template void write(BatchWriter&, const Decision<Order>&);
template std::expected<Decision<Order>, Malformed> read_decision(std::span<const std::byte>);

}  // namespace holdfast::wire
