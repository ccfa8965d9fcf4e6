#include "engine/wire/batch.h"

#include "engine/wire/crc32c.h"

namespace holdfast::wire {
namespace {

constexpr std::size_t frame_bytes = 8;
constexpr std::size_t hashed_bytes = offsetof(BatchHeader, hash);
constexpr std::size_t checksum_at = offsetof(BatchHeader, checksum);

constexpr std::size_t padded(std::size_t size) { return (size + 7) / 8 * 8; }

std::unexpected<Error> damaged(std::string detail) {
    return std::unexpected(Error{Error::damaged, std::move(detail)});
}

Hash256 hash_of(std::span<const std::byte> blob) {
    thread_local Sha256 hash;  // making one costs more than hashing a record
    hash.add(blob.first(hashed_bytes));
    hash.add(blob.subspan(sizeof(BatchHeader)));
    return hash.finish();
}
std::uint32_t checksum_of(std::span<const std::byte> blob) {
    return crc32c(blob.subspan(sizeof(BatchHeader)), crc32c(blob.first(checksum_at)));
}

// Whether the records fill the batch exactly, as many as the header says.
bool framed(std::span<const std::byte> records, std::uint32_t count) {
    for (; count != 0 && records.size() >= frame_bytes; --count) {
        std::uint32_t size = 0;
        std::memcpy(&size, records.data(), sizeof size);
        if (padded(size) > records.size() - frame_bytes) return false;
        records = records.subspan(frame_bytes + padded(size));
    }
    return count == 0 && records.empty();
}

}  // namespace

void BatchWriter::clear() {
    bytes_.clear();
    bytes_.resize(sizeof(BatchHeader));
    builder_.Clear();
    count_ = 0;
}

void BatchWriter::add(fb::RecordKind kind, const std::uint8_t* data, std::size_t size) {
    const std::uint32_t frame[2] = {static_cast<std::uint32_t>(size), std::to_underlying(kind)};
    const auto head = std::as_bytes(std::span(frame));
    const auto body = std::as_bytes(std::span(data, size));
    bytes_.insert(bytes_.end(), head.begin(), head.end());
    bytes_.insert(bytes_.end(), body.begin(), body.end());
    bytes_.resize(bytes_.size() + padded(size) - size);
    ++count_;
}

Blob BatchWriter::seal(BatchHeader& header) {
    header.count = count_;
    header.records_bytes = bytes_.size() - sizeof(BatchHeader);
    std::memcpy(bytes_.data(), &header, sizeof header);
    header.hash = hash_of(bytes_);
    std::memcpy(bytes_.data(), &header, sizeof header);
    header.checksum = checksum_of(bytes_);
    std::memcpy(bytes_.data(), &header, sizeof header);
    auto blob = std::make_shared<const Bytes>(bytes_);  // lives long, and has no room to spare
    clear();
    return blob;
}

RecordView BatchView::take(std::span<const std::byte>& rest) {
    std::uint32_t frame[2];
    std::memcpy(frame, rest.data(), frame_bytes);
    const auto bytes = rest.subspan(frame_bytes, frame[0]);
    rest = rest.subspan(frame_bytes + padded(frame[0]));
    return {static_cast<fb::RecordKind>(frame[1]), bytes};
}

RecordView BatchView::record(Sequence sequence) const {
    assert(sequence >= header_.first && sequence < header_.first + header_.count);
    RecordView found{};
    each([&](Sequence at, RecordView record) { return at != sequence || (found = record, false); });
    return found;
}

std::vector<RecordView> BatchView::records() const {
    std::vector<RecordView> records;
    records.reserve(header_.count);
    each([&](Sequence, RecordView record) { return records.push_back(record), true; });
    return records;
}

std::expected<BatchView, Error> open(std::span<const std::byte> blob) {
    if (blob.size() < sizeof(BatchHeader)) return damaged("a batch is shorter than its header");
    BatchView view;
    auto& header = view.header_;
    std::memcpy(&header, blob.data(), sizeof header);
    if (header.magic != batch_magic) return damaged("a batch does not begin with its mark");
    if (checksum_of(blob) != header.checksum) return damaged("a batch does not match its checksum");
    if (header.level > format_level)
        return std::unexpected(
            Error{Error::refused, "a batch is of format level " + std::to_string(header.level) +
                                      "; this engine reads up to " + std::to_string(format_level) +
                                      ": use a newer engine"});
    view.records_ = blob.subspan(sizeof header);
    if (header.records_bytes != view.records_.size() || !framed(view.records_, header.count))
        return damaged("a batch's records do not fill it");
    return view;
}

BatchView view_own(std::span<const std::byte> blob) {
    BatchView view;
    std::memcpy(&view.header_, blob.data(), sizeof view.header_);
    view.records_ = blob.subspan(sizeof view.header_);
    return view;
}

bool hash_holds(const BatchHeader& header, std::span<const std::byte> blob) {
    return header.hash == hash_of(blob);
}

}  // namespace holdfast::wire
