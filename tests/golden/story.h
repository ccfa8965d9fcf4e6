// A few days of a small shop, told to an engine: as many kinds of record as one can meet, the same
// bytes each time.
#pragma once

#include "engine/adapters/segments/segment_log.h"
#include "tests/support/driven_engine.h"

namespace holdfast::golden {

// The seed and the clock are the story's own.
class Story {
public:
    Story();
    void tell();
    // What it was goes to other partitions, and goes on there.
    void go_on_in(std::uint16_t partitions);
    DrivenEngine& shop() { return shop_; }
    // Every batch, partition by partition, in order.
    std::vector<std::pair<PartitionId, StoredBatch>> batches();

private:
    template <class C>
    void ask(const std::string& key, const std::string& stream, typename C::Command command,
             std::optional<Version> expected = {});
    template <class C>
    void post(const std::string& key, const std::string& stream, typename C::Command command,
              std::optional<Version> expected);
    void pass(Duration time);
    void complete(const std::string& cart, const std::string& token, bool outside = false);
    void open(const std::string& cart, std::vector<Line> lines);

    void fill_the_shelves();
    void reserve_and_let_go();
    void sell_ship_cancel_and_return();
    void fail_to_sell();
    void wait_for_gateways();
    void lose_an_order();
    void run_short();
    void refuse_what_cannot_be();
    void take_from_a_topic();

    std::vector<std::byte> deciding_ = std::vector<std::byte>(2 * Deciding::bytes);
    DrivenEngine shop_{1};
    std::map<std::string, Amount> totals_;
};

}  // namespace holdfast::golden
