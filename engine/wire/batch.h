// Batch: what one append stores: a header of fixed size, then records one after the other.
//
// Order      all numbers little-endian. A record is {size u32, kind u32, bytes, zeros to a multiple
//            of 8}; `size` counts its bytes alone.
// Invariant  a batch's hash covers its header but the hash and checksum themselves, and its
//            records; the next batch of the partition carries it as `previous`.
// Errors     open() refuses what it cannot trust: nothing in a batch reaches a decoder unchecked.
#pragma once

#include <cstring>
#include <optional>

#include "engine/ports/event_log.h"
#include "engine/wire/codec.h"
#include "engine/wire/hash.h"
#include "record_generated.h"

namespace holdfast::wire {

constexpr std::uint32_t batch_magic = 0x31424648;  // "HFB1"
constexpr std::uint16_t format_level = 1;

struct BatchHeader {
    std::uint32_t magic = batch_magic;
    std::uint16_t level = format_level;
    std::uint8_t context = 0;
    std::uint8_t reserved = 0;
    std::uint16_t partition = 0;
    std::uint16_t reserved_too = 0;
    std::uint32_t count = 0;
    std::uint64_t epoch = 0;  // 0 and 0 when embedded
    std::uint64_t nonce = 0;
    std::uint64_t first = 0;
    std::uint64_t commands_next = 0;  // of the commands topic: the next offset to take
    std::uint64_t unheard = 0;  // the oldest own record whose follow-ups may not all be taken yet
    std::uint64_t records_bytes = 0;
    Hash256 previous = {};
    Hash256 hash = {};
    std::uint32_t checksum = 0;  // CRC32C of everything else
    std::uint32_t reserved_end = 0;
};
static_assert(sizeof(BatchHeader) == 136 && std::is_trivially_copyable_v<BatchHeader>);
static_assert(std::endian::native == std::endian::little, "the log is little-endian");

// Collects records into one blob, and keeps the memory for the next one.
class BatchWriter {
public:
    BatchWriter() { clear(); }
    Builder& builder() { return builder_; }
    // Ends the record that builder() holds.
    template <class Table> void add(fb::RecordKind kind, flatbuffers::Offset<Table> root) {
        builder_.Finish(root);
        add(kind, builder_.GetBufferPointer(), builder_.GetSize());
        builder_.Clear();
    }
    void clear();
    std::uint32_t count() const { return count_; }
    std::size_t size() const { return bytes_.size(); }
    // The batch, with `header`'s count, size, hash and checksum filled in; the writer is clear
    // again.
    Blob seal(BatchHeader& header);

private:
    void add(fb::RecordKind kind, const std::uint8_t* data, std::size_t size);
    Builder builder_{4096};
    Bytes bytes_;
    std::uint32_t count_ = 0;
};

struct RecordView {
    fb::RecordKind kind;
    std::span<const std::byte> bytes;
};

// A batch that was checked; a view into its blob.
class BatchView {
public:
    const BatchHeader& header() const { return header_; }
    // Calls visit(sequence, record) for each record, until it returns false.
    template <class Visit> void each(Visit visit) const {
        auto rest = records_;
        for (auto sequence = header_.first; !rest.empty(); ++sequence)
            if (!visit(sequence, take(rest))) return;
    }
    RecordView record(Sequence sequence) const;
    std::vector<RecordView> records() const;

private:
    friend std::expected<BatchView, Error> open(std::span<const std::byte>);
    friend BatchView view_own(std::span<const std::byte>);
    static RecordView take(std::span<const std::byte>& rest);
    BatchHeader header_;
    std::span<const std::byte> records_;
};

// Checks magic, level, sizes, framing and checksum.
std::expected<BatchView, Error> open(std::span<const std::byte> blob);
// A batch that this process sealed: nothing to check.
BatchView view_own(std::span<const std::byte> blob);
// Whether the stored hash is that of the batch; dear: for readers that verify the chain.
bool hash_holds(const BatchHeader& header, std::span<const std::byte> blob);

// The table in bytes nobody has looked at yet, or null. It is as deep as our records at most, and
// has no more tables than fit side by side: what its writer shared among many is not walked many
// times.
template <class Table> const Table* verified(std::span<const std::byte> bytes) {
    constexpr std::size_t table_bytes_min = 8;  // its offset, and its own to the vtable
    constexpr flatbuffers::uoffset_t depth_max = 32;
    const auto tables_max = static_cast<flatbuffers::uoffset_t>(bytes.size() / table_bytes_min);
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    flatbuffers::Verifier verifier(data, bytes.size(), depth_max, tables_max);
    if (!verifier.VerifyBuffer<Table>(nullptr)) return nullptr;
    return flatbuffers::GetRoot<Table>(data);
}

}  // namespace holdfast::wire
