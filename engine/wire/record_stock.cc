#include "engine/wire/record_of.h"
#include "stock_tables.h"

namespace holdfast::wire {

template std::string to_bytes(const Command<Stock>&);
template std::expected<Command<Stock>, Malformed> read_command(std::span<const std::byte>);
template void write(BatchWriter&, const Decision<Stock>&);
template std::expected<Decision<Stock>, Malformed> read_decision(std::span<const std::byte>);

}  // namespace holdfast::wire
