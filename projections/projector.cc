#include "projections/projector.h"

#include <algorithm>

#include "projections/availability.h"
#include "projections/carts.h"
#include "projections/fulfillments.h"
#include "projections/orders.h"
#include "projections/parked.h"
#include "projections/payments.h"
#include "projections/sales.h"

namespace holdfast::projections {
namespace {

constexpr std::size_t erased_max = 8'192;  // rows of old versions, a step
const std::string parked_prefix = View::prefix("parked", 1);

}  // namespace

std::vector<View> all_views() {
    return {stock_view(),    carts_view(),        orders_view(),
            payments_view(), fulfillments_view(), sales_view()};
}

Projector::Projector(const EventLog& log, ViewStore& store, const std::vector<View>& views,
                     Settings settings)
    : log_(log), store_(store), settings_(settings), parked_rows_(store, parked_prefix) {
    for (const auto& view : views) lanes_.emplace_back(view, store, settings.partitions);
}

// ---- how it begins ----

std::expected<std::vector<std::string>, Error> Projector::start() {
    std::vector<std::string> emptied;
    leaving_.clear();
    for (auto& lane : lanes_)
        if (auto loaded = load(lane, emptied); !loaded) return std::unexpected(loaded.error());
    std::uint64_t parked = 0;
    const auto counted = store_.scan(parked_prefix, behind(parked_prefix), false,
                                     [&](auto, auto) { return ++parked, true; });
    if (!counted) return std::unexpected(counted.error());
    parked_ = parked;
    is_sure_ = true;
    return emptied;
}

// A write that failed may have happened: begin again at what is stored, and tell of what may be
// new.
std::expected<void, Error> Projector::make_sure() {
    if (const auto started = start(); !started) return std::unexpected(started.error());
    watchers_.tell(unsure_);
    unsure_.clear();
    return {};
}

std::expected<void, Error> Projector::load(Lane& lane, std::vector<std::string>& emptied) {
    const auto& view = lane.view;
    for (std::uint16_t partition = 0; partition < settings_.partitions; ++partition) {
        auto mark = bookmark(store_, view, {lane.context(), partition});
        if (!mark) return std::unexpected(mark.error());
        lane.marks[partition] = *mark;
    }
    const auto follows = follows_this_log(lane);
    if (!follows) return std::unexpected(follows.error());
    if (!*follows) {
        emptied.push_back(versioned(view.name, view.version));
        if (auto done = empty(lane); !done) return done;
    }
    lane.moved = lane.marks;
    const auto version = serving(store_, view);
    if (!version) return std::unexpected(version.error());
    const auto names = built(store_, view);
    if (!names) return std::unexpected(names.error());
    lane.published.serve(version->value_or(0));
    if (*version == view.version)
        lane.stage = Lane::Stage::live;
    else if (lane.stage != Lane::Stage::stopped)
        lane.stage = Lane::Stage::building;
    for (const auto& name : *names)
        if (name != versioned(view.name, view.version) &&
            name != versioned(view.name, version->value_or(0)))
            leaving_.push_back(name);
    if (lane.stage == Lane::Stage::live)
        for (std::uint16_t partition = 0; partition < settings_.partitions; ++partition)
            lane.published.reach(partition, lane.marks[partition].next);
    return store_.write({built_row(view)});
}

std::expected<bool, Error> Projector::follows_this_log(const Lane& lane) const {
    for (std::uint16_t partition = 0; partition < settings_.partitions; ++partition) {
        const auto fits = follows(log_, {lane.context(), partition}, lane.marks[partition]);
        if (!fits || !*fits) return fits;
    }
    return true;
}

// Its rows are of another history: they serve nobody.
std::expected<void, Error> Projector::empty(Lane& lane) {
    const auto name = versioned(lane.view.name, lane.view.version);
    for (bool all = false; !all;) {
        std::vector<Row> rows;
        const auto erased = erase(store_, name, erased_max, rows);
        if (!erased) return std::unexpected(erased.error());
        all = *erased;
        auto serves = serving_row(lane.view);
        rows.push_back({std::move(serves.key), std::nullopt});
        if (auto written = store_.write(rows); !written) return written;
    }
    std::ranges::fill(lane.marks, Bookmark());
    return {};
}

// ---- a step ----

std::expected<std::size_t, Error> Projector::step() {
    if (!is_sure_)
        if (auto sure = make_sure(); !sure) return std::unexpected(sure.error());
    for (;;) {
        auto taken = fold();
        if (taken) return write(*taken);
        drop();
        if (auto halted = halt(std::move(taken.error())); !halted)
            return std::unexpected(halted.error());
    }
}

// Whether another attempt has a point: then the record will be parked.
std::expected<void, Error> Projector::halt(Halted halted) {
    if (auto* error = std::get_if<Error>(&halted)) return std::unexpected(std::move(*error));
    auto& poison = std::get<Poison>(halted);
    if (may_park(*poison.lane)) {
        poison_[{poison.lane, poison.place}] = std::move(poison.why);
        return {};
    }
    poison.lane->stage = Lane::Stage::stopped;
    return std::unexpected(Error{
        Error::damaged, "the view " + versioned(poison.lane->view.name, poison.lane->view.version) +
                            " cannot be built: it cannot fold " + text_of(poison.place) + ": " +
                            poison.why});
}

std::expected<Projector::Taken, Projector::Halted> Projector::fold() {
    Taken taken;
    for (const auto stage : {Lane::Stage::live, Lane::Stage::building}) {
        std::array<Lanes, contexts_count + 1> by_context;
        for (auto& lane : lanes_)
            if (lane.stage == stage) by_context[lane.context()].push_back(&lane);
        for (bool moved = true; moved && !is_full(taken);) {
            moved = false;
            for (std::uint16_t i = 0; i < settings_.partitions; ++i) {
                const auto partition =
                    static_cast<std::uint16_t>((turn_ + i) % settings_.partitions);
                for (std::uint8_t context = 1; context <= contexts_count; ++context) {
                    if (by_context[context].empty() || is_full(taken)) continue;
                    const auto some = fold_batch(by_context[context], {context, partition}, taken);
                    if (!some) return std::unexpected(some.error());
                    moved |= *some;
                }
            }
        }
    }
    turn_ = static_cast<std::uint16_t>((turn_ + 1) % settings_.partitions);
    return taken;
}

// What is left of the batch that the hindmost lane is in; false when there is none.
std::expected<bool, Projector::Halted> Projector::fold_batch(const Lanes& lanes, PartitionId at,
                                                             Taken& taken) {
    auto next = lanes.front()->moved[at.partition].next;
    for (const auto* lane : lanes) next = std::min(next, lane->moved[at.partition].next);
    if (log_.durable(at) <= next) return false;
    const auto stored = log_.read(at, next);
    if (!stored) return std::unexpected(stored.error());
    const auto batch = wire::open(*stored->blob);
    if (!batch) return std::unexpected(batch.error());
    std::optional<Halted> halted;
    batch->each([&](Sequence sequence, wire::RecordView record) {
        if (sequence < next) return true;
        if (is_full(taken)) return false;
        halted = fold_one(lanes, {at, sequence}, record);
        if (halted) return false;
        next = sequence + 1;
        ++taken.records;
        taken.bytes += record.bytes.size();
        return true;
    });
    if (halted) return std::unexpected(*std::move(halted));
    for (auto* lane : lanes)
        if (lane->moved[at.partition].next < next)
            lane->moved[at.partition] = {next, batch->header().hash};
    return true;
}

std::optional<Projector::Halted> Projector::fold_one(const Lanes& lanes, const Place& place,
                                                     wire::RecordView record) {
    Lanes able;
    for (auto* lane : lanes) {
        const auto known = poison_.empty() ? poison_.end() : poison_.find({lane, place});
        if (lane->is_past(place)) continue;
        if (known != poison_.end())
            park({lane, place, known->second}, record);
        else
            able.push_back(lane);
    }
    auto folded = fold_record(able, place, record);
    for (const auto* lane : able)
        if (lane->rows.error()) return *lane->rows.error();
    if (folded) return {};
    if (folded.error().lane) return std::move(folded.error());
    for (auto* lane : able) {
        const auto& why = folded.error().why;
        if (!may_park(*lane)) return Poison{lane, place, why};
        park({lane, place, why}, record);
    }
    return {};
}

void Projector::park(const Poison& poison, wire::RecordView record) {
    const auto& [lane, place, why] = poison;
    ParkedRow row{.view = std::string(lane->view.name),
                  .context = std::string(context_name(place.at.context)),
                  .partition = place.at.partition,
                  .sequence = place.sequence,
                  .why = why};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(record.bytes.data());
    row.record.assign(bytes, bytes + record.bytes.size());
    parked_rows_.append(joined({lane->view.name, row.context, std::to_string(row.partition),
                                sortable(row.sequence)}),
                        row);
    ++parking_;
}

// ---- how it ends ----

std::expected<std::size_t, Error> Projector::write(const Taken& taken) {
    std::vector<Row> rows;
    std::size_t erased = 0;
    bool gone = false;
    if (!leaving_.empty()) {
        const auto all = erase(store_, leaving_.back(), erased_max, rows);
        if (!all) return drop(), std::unexpected(all.error());
        gone = *all;
        erased = rows.size();
    }
    Lanes switching;
    for (auto& lane : lanes_) {
        lane.rows.take(rows);
        for (std::uint16_t partition = 0; partition < settings_.partitions; ++partition)
            if (lane.moved[partition] != lane.marks[partition])
                rows.push_back(
                    bookmark_row(lane.view, {lane.context(), partition}, lane.moved[partition]));
        if (lane.stage != Lane::Stage::building || is_full(taken)) continue;
        rows.push_back(serving_row(lane.view));
        switching.push_back(&lane);
    }
    parked_rows_.take(rows);
    if (rows.empty()) return 0;
    if (auto written = store_.write(rows); !written) {
        drop();
        is_sure_ = false;
        unsure_ = std::move(rows);
        return std::unexpected(written.error());
    }
    if (gone) leaving_.pop_back();
    for (auto* lane : switching) go_live(*lane);
    settle();
    watchers_.tell(rows);
    return taken.records + erased + (leaving_.empty() ? 0 : 1);
}

void Projector::go_live(Lane& lane) {
    if (const auto before = lane.published.serving(); before != 0)
        leaving_.insert(leaving_.begin(), versioned(lane.view.name, before));
    lane.stage = Lane::Stage::live;
    lane.published.serve(lane.view.version);
}

void Projector::settle() {
    for (auto& lane : lanes_) {
        lane.marks = lane.moved;
        lane.rows.settle();
        if (lane.stage != Lane::Stage::live) continue;
        for (std::uint16_t partition = 0; partition < settings_.partitions; ++partition)
            lane.published.reach(partition, lane.marks[partition].next);
    }
    parked_rows_.settle();
    parked_ += parking_;
    parking_ = 0;
    poison_.clear();
}

void Projector::drop() {
    for (auto& lane : lanes_) lane.drop();
    parked_rows_.drop();
    parking_ = 0;
}

// ---- what others ask ----

const Lane* Projector::find(std::string_view view) const {
    for (const auto& lane : lanes_)
        if (lane.view.name == view) return &lane;
    return nullptr;
}

bool Projector::reached(const Token& token, std::string_view view) const {
    const auto* lane = find(view);
    if (!lane) return false;
    return std::ranges::all_of(token.positions(), [&](const Token::Position& position) {
        return position.at.context != lane->context() ||
               lane->published.reached(position.at.partition, position.sequence);
    });
}

bool Projector::reached(const Token& token) const {
    return std::ranges::all_of(lanes_,
                               [&](const Lane& lane) { return reached(token, lane.view.name); });
}

std::uint64_t Projector::records_behind() const {
    std::uint64_t most = 0;
    for (const auto& lane : lanes_) {
        std::uint64_t records = 0;
        for (std::uint16_t partition = 0; partition < settings_.partitions; ++partition) {
            const auto next = lane.published.next(partition);  // first: it only grows
            records += log_.durable({lane.context(), partition}) - next;
        }
        most = std::max(most, records);
    }
    return most;
}

std::optional<std::string> Projector::prefix(std::string_view view) const {
    if (view == "parked") return parked_prefix;
    const auto* lane = find(view);
    if (!lane || lane->published.serving() == 0) return {};
    return View::prefix(view, lane->published.serving());
}

bool Projector::is_live(std::string_view view) const {
    const auto* lane = find(view);
    return lane && lane->published.serving() == lane->view.version;
}

}  // namespace holdfast::projections
