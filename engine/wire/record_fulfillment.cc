#include "engine/wire/record_of.h"
#include "fulfillment_tables.h"

namespace holdfast::wire {

template std::string to_bytes(const Command<Fulfillment>&);
template std::expected<Command<Fulfillment>, Malformed> read_command(std::span<const std::byte>);
template void write(BatchWriter&, const Decision<Fulfillment>&);
template std::expected<Decision<Fulfillment>, Malformed> read_decision(std::span<const std::byte>);

}  // namespace holdfast::wire
