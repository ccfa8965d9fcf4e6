#include "replay/partition.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "replay/walk.h"

namespace holdfast::replay {
namespace {

// What a machine finds in a checkpoint that does not exist.
class NoStore final : public StateStore {
public:
    std::expected<std::vector<std::optional<std::string>>, Error> get(
        std::span<const std::string> keys) const override {
        return std::vector<std::optional<std::string>>(keys.size());
    }
    std::expected<void, Error> scan(
        std::string_view, std::string_view,
        const std::function<bool(std::string_view, std::string_view)>&) const override {
        return {};
    }
    std::expected<void, Error> ingest(const CutRows&) override { return {}; }
};
const NoStore no_store;

}  // namespace

std::unexpected<Error> fault(PartitionId at, Sequence sequence, const std::string& what) {
    return fault(at, sequence, Error{Error::damaged, what});
}

Partition::Partition(PartitionId at, std::uint16_t partitions)
    : at_(at),
      machine_(make_machine(
          {at, partitions, false, &memory_, std::numeric_limits<std::int64_t>::max()}, no_store)) {}

std::expected<void, Error> Partition::take(const wire::BatchView& batch, const Bytes& blob) {
    const auto& header = batch.header();
    const auto& position = machine_->position();
    if (header.first != position.next)
        return fault(at_, header.first, "follows record " + std::to_string(position.next));
    if (std::memcmp(header.previous.data(), position.hash.data(), header.previous.size()) != 0)
        return fault(at_, header.first, "its batch names another one as the one before it");
    if (!wire::hash_holds(header, blob))
        return fault(at_, header.first, "its batch does not match its hash");
    std::expected<void, Error> taken;
    batch.each([&](Sequence sequence, wire::RecordView record) {
        taken = machine_->take(sequence, record);
        if (!taken) taken = fault(at_, sequence, taken.error().detail);
        return taken.has_value();
    });
    if (taken) machine_->batch_was_taken(header);
    return taken;
}

std::expected<void, Error> Partition::check_rules() const {
    const auto broken = machine_->first_broken_rule();
    if (broken) return fault(at_, next(), "afterwards, " + *broken);
    return {};
}

std::vector<CutRows::Row> Partition::rows() {
    machine_->cut(rows_);
    rows_.finish();
    std::vector<CutRows::Row> compared;
    std::ranges::copy_if(rows_, std::back_inserter(compared),
                         [](const CutRows::Row& row) { return row.value.has_value(); });
    return compared;
}

}  // namespace holdfast::replay
