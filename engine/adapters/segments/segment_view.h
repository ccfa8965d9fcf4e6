// SegmentView: a log as it was when it was opened, for tools. It writes nothing, cuts nothing and
// holds no lock, so an engine may use the folder, before and meanwhile.
//
// Durability  beside a running engine it shows what that engine had synced; of a log that nobody
//             has open, what an engine would find: the end of a flush that was cut off is left out.
// Threading   any thread.
// Errors      open() and read() as SegmentLog's. own(), append() and flush(): refused.
#pragma once

#include "engine/adapters/segments/catalogue.h"

namespace holdfast::segments {

class SegmentView final : public EventLog {
public:
    static std::expected<std::unique_ptr<SegmentView>, Error> open(const Path& folder);

    std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) override;
    void release(PartitionId) override {}
    std::expected<void, Error> append(PartitionId at, Sequence first, std::uint32_t count,
                                      Blob blob) override;
    Sequence end(PartitionId at) const override { return catalogue_->end(at); }
    Sequence durable(PartitionId at) const override { return catalogue_->end(at); }
    std::expected<Sequence, Error> acknowledged(PartitionId at) const override;
    std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const override {
        return catalogue_->read(at, from);
    }
    std::expected<std::uint32_t, Error> flush() override;
    void on_durable(std::function<void()>) override {}
    void on_waiting(std::function<void()>) override {}
    bool one_order() const override { return true; }

private:
    explicit SegmentView(std::unique_ptr<Catalogue> catalogue) : catalogue_(std::move(catalogue)) {}
    std::unique_ptr<Catalogue> catalogue_;
};

}  // namespace holdfast::segments
