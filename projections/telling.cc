#include "projections/telling.h"

#include <algorithm>

#include "engine/wire/json_write.h"
#include "projections/calendar.h"
#include "projections/levels.h"

namespace holdfast::projections {
namespace {

constexpr std::uint8_t public_contexts[] = {Stock::number, Order::number, Payment::number},
                       fulfillment_contexts[] = {Fulfillment::number};
static_assert(contexts_count == 5, "say which feed tells of the new one");
Feed feed_of(std::uint8_t context) {
    return context == Fulfillment::number ? Feed::fulfillment : Feed::public_events;
}

// CloudEvents' `sequence` sorts as text does.
std::string sequence_of(std::uint64_t number) {
    constexpr std::size_t digits = 10;
    auto text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

}  // namespace

std::span<const std::uint8_t> contexts_of(Feed feed) {
    if (feed == Feed::fulfillment) return fulfillment_contexts;
    return public_contexts;
}

// Of a context that is told further than it was looked at again here, what is told.
std::string Telling::place(Feed feed) const {
    auto text = "log=" + of_.origins[place_of(feed)];
    for (const auto context : contexts_of(feed)) {
        const auto told = std::max(position_.marks[context].told, of_.sent[context]);
        text.append(" ").append(context_name(context)).append("=").append(std::to_string(told));
    }
    return text;
}

void Telling::tell(const About& about, StreamRow& stream, const published::Message& message) {
    const auto sequence = ++stream.told;
    const auto number = ++position_.marks[about.context].told;
    if (number <= of_.sent[about.context]) return;
    const auto feed = feed_of(about.context);
    std::string text = R"({"specversion":"1.0","id":")";
    if (of_.generation != 1) text.append("g").append(std::to_string(of_.generation)).append("-");
    text.append(context_name(about.context)).append("-").append(std::to_string(of_.partition));
    text.append("-").append(std::to_string(number)).append("\"");
    wire::append_field(text, "source", "/holdfast/" + of_.name_space);
    wire::append_field(text, "type", "holdfast." + std::string(published::type_of(message)));
    wire::append_field(text, "subject", about.subject);
    wire::append_field(text, "time", moment_of(about.at));
    wire::append_field(text, "sequence", sequence_of(sequence));
    if (!about.traceparent.empty()) wire::append_field(text, "traceparent", about.traceparent);
    text.append(R"(,"datacontenttype":"application/json","data":)");
    text.append(published::json_of(message)).append("}");
    records_.push_back({feed, about.subject, std::move(text), place(feed)});
}

template <class C> Folded Telling::take(const Told<C>& told) {
    return each_stream(told, [&](const Happened<C>& happened) -> Folded {
        auto key = C::Key::from(happened.key);
        if (!key) return unfoldable("a stream's key is none", happened.key);
        auto& row = stream(C::name, happened.key);
        const published::Stream<C> of{*key, row, told.envelope()};
        for (const auto& event : happened.events)
            if (const auto message = published::tell(event, of))
                tell({C::number, joined({C::name, happened.key}), told.at(),
                      told.envelope().traceparent},
                     row, *message);
        return {};
    });
}

Folded Telling::take(const Told<Stock>& told) {
    auto folded = fold_levels(told, rows_);
    if (!folded) return folded;
    const bool is_repeated = told.decision.header.origin.source == fb::Source::follow_up;
    return each_stream(told, [&](const Happened<Stock>& happened) -> Folded {
        for (const auto& event : happened.events) {
            if (const auto message = published::tell(event, is_repeated)) {
                const auto location = happened.key.substr(1);  // behind the '@'
                tell({Stock::number, joined({"location", location}), told.at(),
                      told.envelope().traceparent},
                     stream("location", location), *message);
            }
            if (!published::changes_levels(event) || known_as_changed_.contains(happened.key))
                continue;
            known_as_changed_.emplace(happened.key);
            changed_.emplace_back(happened.key);
        }
        return {};
    });
}

void Telling::end_of_batch() {
    for (const auto& sku : changed_) {
        const auto* row = rows_.look<AvailabilityRow>(sku);
        if (!row) continue;  // the store failed: rows.error() says so
        const auto at = row->changed_at_ms;
        const auto message = published::level_of(*row);
        tell({Stock::number, joined({"sku", sku}), at, {}}, stream("sku", sku), message);
    }
    changed_.clear();
    known_as_changed_.clear();
}

std::expected<void, Error> Telling::take(std::uint8_t context, const StoredBatch& stored) {
    const auto batch = wire::open(*stored.blob);
    if (!batch) return std::unexpected(batch.error());
    const PartitionId at{context, of_.partition};
    Folded folded;
    batch->each([&](Sequence sequence, wire::RecordView record) {
        if (record.kind != fb::RecordKind::decision) return true;
        with_context(context, [&]<class C>(C) {
            const auto decision = wire::read_decision<C>(record.bytes);
            if (!decision)
                folded = unfoldable("it does not decode", std::to_string(sequence));
            else if constexpr (!std::same_as<C, Cart>)
                folded = take(Told<C>{of_.partition, sequence, *decision});
        });
        return folded.has_value();
    });
    end_of_batch();
    if (rows_.error()) return std::unexpected(*rows_.error());
    if (!folded)
        return std::unexpected(
            Error{Error::damaged, "the relay cannot tell of " + wire::name_of(at) +
                                      ", the batch from record " + std::to_string(stored.first) +
                                      ": " + folded.error().why});
    auto& mark = position_.marks[context];
    mark.next = stored.first + stored.count;
    mark.batch = batch->header().hash;
    taken_ += stored.count;
    return {};
}

}  // namespace holdfast::projections
