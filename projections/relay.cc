#include "projections/relay.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "engine/wire/hex.h"
#include "engine/wire/record.h"

namespace holdfast::projections {
namespace {

// Of a place, "log=0f3c… stock=12 order=7": the word behind the name; nothing when it has none.
std::optional<std::string_view> word_in(std::string_view place, std::string_view name) {
    for (std::size_t at = 0; at < place.size();) {
        const auto end = std::min(place.find(' ', at), place.size());
        const auto word = place.substr(at, end - at);
        if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=')
            return word.substr(name.size() + 1);
        at = end + 1;
    }
    return {};
}
std::optional<std::uint64_t> number_in(std::string_view place, std::string_view name) {
    const auto word = word_in(place, name);
    std::uint64_t number = 0;
    if (!word) return {};
    const auto* const end = word->data() + word->size();
    const auto [stop, error] = std::from_chars(word->data(), end, number);
    if (error != std::errc() || stop != end) return {};
    return number;
}

}  // namespace

Relay::Relay(const EventLog& log, ViewStore& store, FeedSink& feeds, Settings settings)
    : log_(log), store_(store), feeds_(feeds), settings_(std::move(settings)) {
    for (std::uint16_t partition = 0; partition < settings_.partitions; ++partition)
        lanes_.push_back(std::make_unique<Lane>(
            Rows(store_, joined({"relay@1", std::to_string(partition)}) + "/")));
}

std::expected<bool, Error> Relay::lead(std::uint16_t partition) {
    auto& lane = *lanes_[partition];
    if (!has_begun(partition)) return false;
    if (!lane.is_led) {
        const auto ends = feeds_.take_over(partition);
        if (!ends) return std::unexpected(ends.error());
        if (auto loaded = load(partition, lane, *ends); !loaded)
            return std::unexpected(loaded.error());
        lane.is_led = true;
    }
    auto told = tell(partition, lane);
    if (!told) {
        drop(lane);
        lane.is_led = false;
    }
    return told;
}

std::expected<bool, Error> Relay::follow(std::uint16_t partition) {
    auto& lane = *lanes_[partition];
    if (!has_begun(partition)) return false;
    if (std::exchange(lane.is_led, false)) feeds_.let_go(partition);
    const auto ends = feeds_.ends(partition);
    if (!ends) return std::unexpected(ends.error());
    if (auto loaded = load(partition, lane, *ends); !loaded) return std::unexpected(loaded.error());
    auto caught_up = catch_up(partition, lane);
    if (!caught_up) drop(lane);
    return caught_up;
}

// Each of its logs has its first batch, which says whose it is.
bool Relay::has_begun(std::uint16_t partition) const {
    return std::ranges::all_of(all_feeds, [&](Feed feed) {
        return std::ranges::all_of(contexts_of(feed), [&](std::uint8_t context) {
            return log_.durable({context, partition}) != 0;
        });
    });
}

std::expected<void, Error> Relay::find_origin(std::uint16_t partition, Feed feed,
                                              Lane& lane) const {
    const auto stored = log_.read({contexts_of(feed).front(), partition}, 0);
    if (!stored) return std::unexpected(stored.error());
    const auto batch = wire::open(*stored->blob);
    if (!batch) return std::unexpected(batch.error());
    lane.origins[place_of(feed)] = wire::hexadecimal(std::span(batch->header().hash).first(8));
    if (const auto genesis = wire::read_genesis(batch->record(0).bytes))
        lane.generation = genesis->generation;
    return {};
}

std::expected<void, Error> Relay::understand(std::uint16_t partition, Lane& lane,
                                             const FeedEnds& ends) {
    lane.sent = {};
    for (const auto feed : all_feeds) {
        if (!lane.origins[place_of(feed)].empty()) continue;
        if (auto found = find_origin(partition, feed, lane); !found) return found;
    }
    for (const auto feed : all_feeds) {
        const auto& place = ends[place_of(feed)];
        if (place.empty()) continue;
        if (word_in(place, "log") != lane.origins[place_of(feed)])
            return std::unexpected(
                Error{Error::refused,
                      "the public topics tell of another log than this namespace has now: remove "
                      "them, they are filled anew"});
        for (const auto context : contexts_of(feed)) {
            const auto number = number_in(place, context_name(context));
            if (!number)
                return std::unexpected(Error{Error::damaged,
                                             "a public topic's last record says "
                                             "no place: " +
                                                 place});
            lane.sent[context] = *number;
        }
    }
    return {};
}

std::expected<void, Error> Relay::load(std::uint16_t partition, Lane& lane, const FeedEnds& ends) {
    if (auto understood = understand(partition, lane, ends); !understood) return understood;
    if (!lane.is_loaded) {
        lane.rows.drop();
        lane.marks = {};
        if (const auto* row = lane.rows.look<RelayMarksRow>("all"))
            for (const auto& mark : row->contexts) {
                if (mark.context > contexts_count || mark.batch.size() != sizeof(wire::Hash256))
                    continue;
                auto& known = lane.marks.marks[mark.context];
                known.next = mark.next;
                known.told = mark.told;
                std::memcpy(known.batch.data(), mark.batch.data(), mark.batch.size());
            }
        if (lane.rows.error()) return std::unexpected(*lane.rows.error());
        const auto fits = is_of_this_log(partition, lane);
        if (!fits) return std::unexpected(fits.error());
        if (!*fits || !lane.rows.look<RelayMarksRow>("all"))  // or only a part of it was erased
            if (auto emptied = empty(lane); !emptied) return emptied;
        lane.moved = lane.marks;
        lane.is_loaded = true;
        show(lane);
    }
    // More was told than the feeds hold: they were made anew, and are filled from the beginning.
    for (std::size_t context = 1; context <= contexts_count; ++context)
        if (lane.marks.marks[context].told > lane.sent[context]) return empty(lane);
    return {};
}

std::expected<bool, Error> Relay::is_of_this_log(std::uint16_t partition, const Lane& lane) const {
    for (std::uint8_t context = 1; context <= contexts_count; ++context) {
        const auto fits = follows(log_, {context, partition}, lane.marks.marks[context]);
        if (!fits || !*fits) return fits;
    }
    return true;
}

std::expected<void, Error> Relay::empty(Lane& lane) {
    constexpr std::size_t erased_max = 8'192;
    lane.rows.drop();
    lane.marks = lane.moved = {};
    show(lane);
    lane.is_loaded = false;  // until all is gone
    for (std::vector<Row> rows;; rows.clear()) {
        const auto erased = erase_below(store_, lane.rows.prefix(), erased_max, rows);
        if (!erased) return std::unexpected(erased.error());
        if (rows.empty()) {
            lane.is_loaded = true;
            return {};
        }
        if (auto written = store_.write(rows); !written) return written;
    }
}

std::expected<StoredBatch, Error> Relay::next(PartitionId at, const Lane& lane) const {
    const auto next = lane.moved.marks[at.context].next;
    if (log_.durable(at) <= next) return StoredBatch{};
    return log_.read(at, next);
}

std::expected<bool, Error> Relay::tell(std::uint16_t partition, Lane& lane) {
    Telling telling({settings_.name_space, partition, lane.generation, lane.origins, lane.sent},
                    lane.rows, lane.moved);
    const auto is_full = [&] {
        return std::max(telling.taken(), telling.records().size()) >= settings_.records_max;
    };
    for (const auto feed : all_feeds)
        for (const auto context : contexts_of(feed))
            while (!is_full()) {
                const auto batch = next({context, partition}, lane);
                if (!batch) return std::unexpected(batch.error());
                if (!batch->blob) break;
                if (auto taken = telling.take(context, *batch); !taken)
                    return std::unexpected(taken.error());
            }
    if (telling.taken() == 0) return false;
    if (!telling.records().empty())
        if (auto written = feeds_.write(partition, telling.records()); !written)
            return std::unexpected(written.error());
    for (const auto& record : telling.records()) ++relayed_[place_of(record.feed)];
    for (std::size_t context = 1; context <= contexts_count; ++context)
        lane.sent[context] = std::max(lane.sent[context], lane.moved.marks[context].told);
    if (auto stored = store(lane); !stored) return std::unexpected(stored.error());
    return true;
}

// Batch by batch, and none of which a part is not told yet.
std::expected<bool, Error> Relay::catch_up(std::uint16_t partition, Lane& lane) {
    bool moved = false;
    for (const auto feed : all_feeds)
        for (const auto context : contexts_of(feed))
            for (std::size_t taken = 0; taken < settings_.records_max;) {
                Telling telling(
                    {settings_.name_space, partition, lane.generation, lane.origins, lane.sent},
                    lane.rows, lane.moved);
                const auto batch = next({context, partition}, lane);
                if (!batch) return std::unexpected(batch.error());
                if (!batch->blob) break;
                if (auto took = telling.take(context, *batch); !took)
                    return std::unexpected(took.error());
                if (!telling.records().empty()) {
                    lane.rows.drop();
                    lane.moved = lane.marks;
                    break;
                }
                if (auto stored = store(lane); !stored) return std::unexpected(stored.error());
                taken += telling.taken();
                moved = true;
            }
    return moved;
}

std::expected<void, Error> Relay::store(Lane& lane) {
    RelayMarksRow row;
    for (std::uint8_t context = 1; context <= contexts_count; ++context) {
        const auto& mark = lane.moved.marks[context];
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(mark.batch.data());
        row.contexts.push_back({context, mark.next, mark.told, {bytes, bytes + mark.batch.size()}});
    }
    lane.rows.put("all", std::move(row));
    std::vector<Row> rows;
    lane.rows.take(rows);
    if (auto written = store_.write(rows); !written) return written;
    lane.marks = lane.moved;
    lane.rows.settle();
    show(lane);
    return {};
}

void Relay::show(Lane& lane) {
    for (std::size_t context = 1; context <= contexts_count; ++context)
        lane.seen[context] = lane.marks.marks[context].next;
}

std::uint64_t Relay::behind(std::uint16_t partition) const {
    std::uint64_t records = 0;
    for (const auto feed : all_feeds)
        for (const auto context : contexts_of(feed)) {
            const auto seen =
                lanes_[partition]->seen[context].load();  // first: durable() only grows
            records += log_.durable({context, partition}) - seen;
        }
    return records;
}

void Relay::drop(Lane& lane) {
    lane.rows.drop();
    lane.moved = lane.marks;
    lane.is_loaded = false;  // a write that failed may have happened
}

}  // namespace holdfast::projections
