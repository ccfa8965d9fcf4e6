#include "projections/lane.h"

#include "engine/wire/record.h"

namespace holdfast::projections {
namespace {

template <class C>
std::expected<void, Poison> fold_decision(std::span<Lane* const> lanes, const Place& place,
                                          wire::RecordView record) {
    const auto decision = wire::read_decision<C>(record.bytes);
    if (!decision) return std::unexpected(Poison{nullptr, place, "it does not decode"});
    const Told<C> told{place.at.partition, place.sequence, *decision};
    for (auto* lane : lanes) {
        if (lane->is_past(place)) continue;
        auto folded = std::get<Fold<C>>(lane->view.fold)(told, lane->rows);
        if (!folded) return std::unexpected(Poison{lane, place, std::move(folded.error().why)});
    }
    return {};
}

}  // namespace

std::string text_of(const Place& place) {
    return wire::name_of(place.at) + ", record " + std::to_string(place.sequence);
}

std::expected<void, Poison> fold_record(std::span<Lane* const> lanes, const Place& place,
                                        wire::RecordView record) {
    std::expected<void, Poison> folded;
    if (record.kind != fb::RecordKind::decision) return folded;
    with_context(place.at.context,
                 [&]<class C>(C) { folded = fold_decision<C>(lanes, place, record); });
    return folded;
}

}  // namespace holdfast::projections
