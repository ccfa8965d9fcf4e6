// Rows: where the state of a partition stands in the state store.
//
// Order  <context u8><partition u16, big-endian><kind>, then what the kind says:
//        p  the position: one row                         s  a stream, by its key
//        c  a stream's child: key, 0, the child's key     t  a timer: due u64 big-endian, key
//        i  a command id: 16 bytes                        n  a natural id: 16 bytes
//        x  what all streams of the partition share
//        A cut writes the kinds in their letters' order.
#pragma once

#include <string>
#include <string_view>

#include "engine/domain/types.h"
#include "engine/ports/error.h"
#include "engine/ports/event_log.h"
#include "engine/wire/envelope.h"

namespace holdfast {

enum class RowKind : char {
    position = 'p',
    stream = 's',
    child = 'c',
    timer = 't',
    id = 'i',
    natural_id = 'n',
    shared = 'x',
};

inline void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
    char all[8];
    for (int i = 0; i < 8; ++i) all[i] = static_cast<char>(value >> (56 - 8 * i));
    to.append(all + 8 - bytes, static_cast<std::size_t>(bytes));
}
inline std::uint64_t big_endian(std::string_view from) {
    std::uint64_t value = 0;
    for (const char c : from) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

inline std::string partition_prefix(PartitionId at) {
    std::string key;
    key.push_back(static_cast<char>(at.context));
    append_big_endian(key, at.partition, 2);
    return key;
}
inline std::string row_prefix(PartitionId at, RowKind kind) {
    auto key = partition_prefix(at);
    key.push_back(static_cast<char>(kind));
    return key;
}
// The first key after every key that begins so.
inline std::string after_prefix(std::string prefix) {
    while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
    if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
    return prefix;
}
inline std::string stream_row(PartitionId at, std::string_view key) {
    return row_prefix(at, RowKind::stream).append(key);
}
inline std::string children_of(PartitionId at, std::string_view key) {
    auto prefix = row_prefix(at, RowKind::child).append(key);
    prefix.push_back('\0');
    return prefix;
}
inline std::string timer_row(PartitionId at, Time due, std::string_view key) {
    auto row = row_prefix(at, RowKind::timer);
    append_big_endian(row, static_cast<std::uint64_t>(due.raw()), 8);
    return row.append(key);
}
// By the prefix of its kind; into `to`, which keeps its memory: there are very many.
inline void make_id_row(std::string_view prefix, const wire::CommandId& id, std::string& to) {
    to = prefix;
    append_big_endian(to, id.high, 8);
    append_big_endian(to, id.low, 8);
}

// Of a row that is not what a cut wrote.
inline Error unreadable_row(const std::string& of) {
    return {Error::damaged, "the checkpoint's row of " + of +
                                " cannot be read: remove the state folder, it is made again from "
                                "the log"};
}

}  // namespace holdfast
