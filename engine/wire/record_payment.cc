#include "engine/wire/record_of.h"
#include "payment_tables.h"

namespace holdfast::wire {

template std::string to_bytes(const Command<Payment>&);
template std::expected<Command<Payment>, Malformed> read_command(std::span<const std::byte>);
template void write(BatchWriter&, const Decision<Payment>&);
template std::expected<Decision<Payment>, Malformed> read_decision(std::span<const std::byte>);

}  // namespace holdfast::wire
