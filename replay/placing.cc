#include "replay/placing.h"

#include <algorithm>

#include "engine/domain/partition.h"
#include "engine/runtime/addressing.h"

namespace holdfast::replay {
namespace {

template <class C> class Placing {
public:
    Placing(wire::Decision<C> decision, std::uint16_t partition, const Move& move)
        : decision_(std::move(decision)), partition_(partition), move_(move) {
        if (decision_.header.generation == 0) decision_.header.generation = move.generation;
    }
    std::vector<Placed<C>> placed() {
        if (decision_.parts.empty()) place_undecided();
        for (auto& part : decision_.parts)
            if (!part.key.starts_with(everywhere_mark))
                add(std::move(part));
            else if (partition_of(part.key, move_.from) == partition_)
                tell_everywhere(std::move(part));
        std::ranges::move(told_, std::back_inserter(placed_));
        for (std::size_t i = 1; i < placed_.size(); ++i)
            placed_[i].decision.header.follow_ups.clear();
        return std::move(placed_);
    }

private:
    // Nothing was decided, so it names no stream: but its command may. Else it goes anywhere, and
    // always there.
    void place_undecided() {
        const auto raw = std::as_bytes(std::span(decision_.header.raw));
        const auto command = wire::read_command<C>(raw);
        const auto to = command ? partition_of(command->parts.front().key, move_.to)
                                : static_cast<std::uint16_t>(partition_ % move_.to);
        placed_.push_back({to, std::move(decision_)});
    }
    void add(wire::DecidedPart<C> part) {
        const auto to = partition_of(part.key, move_.to);
        auto place = std::ranges::find(placed_, to, &Placed<C>::partition);
        if (place == placed_.end()) {
            placed_.push_back({to, {decision_.header, {}}});
            place = std::prev(placed_.end());
        }
        place->decision.parts.push_back(std::move(part));
    }
    void tell_everywhere(wire::DecidedPart<C> part) {
        const auto home = partition_of(part.key, move_.to);
        const bool has_changed =
            decision_.header.outcome == fb::Outcome::accepted && !part.decided->empty();
        for (std::uint16_t to = 0; has_changed && to < move_.to; ++to) {
            if (to == home) continue;
            auto& told = told_.emplace_back(Placed<C>{to, {decision_.header, {part}}});
            told.decision.header.origin.source = fb::Source::follow_up;
            told.decision.header.origin.from = {C::number, partition_};
        }
        add(std::move(part));
    }

    wire::Decision<C> decision_;
    std::uint16_t partition_;
    const Move& move_;
    std::vector<Placed<C>> placed_, told_;
};

}  // namespace

template <class C>
std::vector<Placed<C>> place(wire::Decision<C> decision, std::uint16_t partition,
                             const Move& move) {
    return Placing<C>(std::move(decision), partition, move).placed();
}

template std::vector<Placed<Stock>> place(wire::Decision<Stock>, std::uint16_t, const Move&);
template std::vector<Placed<Cart>> place(wire::Decision<Cart>, std::uint16_t, const Move&);
template std::vector<Placed<Order>> place(wire::Decision<Order>, std::uint16_t, const Move&);
template std::vector<Placed<Payment>> place(wire::Decision<Payment>, std::uint16_t, const Move&);
template std::vector<Placed<Fulfillment>> place(wire::Decision<Fulfillment>, std::uint16_t,
                                                const Move&);

}  // namespace holdfast::replay
