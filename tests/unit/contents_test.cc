// How the copy of a history is held against it, row by row.
#include "replay/contents.h"

#include <gmock/gmock.h>

#include "engine/domain/contexts.h"
#include "engine/domain/partition.h"
#include "engine/runtime/ids.h"
#include "engine/wire/state.h"

namespace holdfast::replay {
namespace {

using testing::HasSubstr;

constexpr std::uint16_t partitions = 2;

std::string id_bytes(std::uint64_t number) {
    std::string bytes;
    append_big_endian(bytes, number, 8);
    append_big_endian(bytes, number, 8);
    return bytes;
}

// A history's rows, by partition, as cuts write them.
class History {
public:
    History& stream(const std::string& key, const std::string& state) {
        return row(partition_of(key, partitions), RowKind::stream, key, state);
    }
    History& elsewhere(const std::string& key, const std::string& state) {
        return row(1 - partition_of(key, partitions), RowKind::stream, key, state);
    }
    History& child(const std::string& key, const std::string& state) {
        return row(partition_of(key, partitions), RowKind::child, key + '\0' + "child", state);
    }
    History& id(std::uint16_t partition, std::uint64_t number, std::uint64_t fingerprint,
                std::int64_t at_ms) {
        return row(partition, RowKind::id, id_bytes(number),
                   wire::to_state_bytes(KnownCommand{++sequence_, fingerprint, at_ms}));
    }
    Contents contents() const {
        Contents contents;
        for (std::uint16_t p = 0; p < partitions; ++p) {
            CutRows rows;
            for (const auto& [key, value] : rows_[p]) rows.add({key}, value);
            const std::vector<CutRows::Row> all(rows.begin(), rows.end());
            EXPECT_TRUE(contents.add({Stock::number, p}, partitions, all));
        }
        return contents;
    }

private:
    History& row(int partition, RowKind kind, const std::string& rest, const std::string& value) {
        const PartitionId at{Stock::number, static_cast<std::uint16_t>(partition)};
        rows_.at(at.partition).emplace(row_prefix(at, kind) + rest, value);
        return *this;
    }
    std::array<std::map<std::string, std::string>, partitions> rows_;
    Sequence sequence_ = 0;
};

void expect_same(const History& one, const History& other) {
    const auto differs = one.contents().difference_in(other.contents());
    EXPECT_EQ(differs, std::nullopt);
}
void expect_difference(const History& one, const History& other, const char* words) {
    EXPECT_THAT(one.contents().difference_in(other.contents()).value_or("none"), HasSubstr(words));
}

TEST(Contents, are_the_same_wherever_records_stand) {
    expect_same(History().stream("a", "x").child("a", "y").id(0, 7, 70, 1),
                History().id(1, 7, 70, 1).stream("a", "x").child("a", "y"));
}
TEST(Contents, name_a_stream_that_is_missing_new_or_other) {
    const auto whole = History().stream("a", "x").stream("b", "y");
    expect_difference(whole, History().stream("a", "x"), "stock b is missing");
    expect_difference(History().stream("a", "x"), whole, "stock b was not there");
    expect_difference(whole, History().stream("a", "x").stream("b", "z"),
                      "stock b has another state");
    expect_difference(whole, History().stream("a", "x").stream("b", "y").child("b", "more"),
                      "stock b has another state");
}
TEST(Contents, name_a_stream_that_other_partitions_have_otherwise) {
    const auto whole = History().stream("@main", "x");
    expect_same(whole, History().stream("@main", "x").elsewhere("@main", "x"));
    expect_difference(whole, History().stream("@main", "x").elsewhere("@main", "y"),
                      "stock @main is another in other partitions");
}
TEST(Contents, name_an_id_that_is_missing_new_or_of_another_command) {
    const auto whole = History().id(0, 7, 70, 1);
    expect_difference(whole, History(), "is missing, or of another command");
    expect_difference(whole, History().id(0, 7, 71, 1), "is missing, or of another command");
    expect_difference(whole, History().id(0, 7, 70, 2), "is missing, or of another command");
    expect_difference(History(), whole, "was not there");
}
// In one partition the later command has the row; in two each has its own. The fingerprints are in
// the other order than the times.
TEST(Contents, know_of_an_id_that_was_used_again_what_was_last) {
    const auto last = History().id(0, 7, 10, 2);
    const auto both = History().id(0, 7, 90, 1).id(1, 7, 10, 2);
    expect_same(last, both);
    expect_same(both, last);
    expect_difference(History().id(0, 7, 90, 1), both, "is missing, or of another command");
    expect_difference(both, History().id(0, 7, 90, 1), "is missing, or of another command");
}
// Then whichever stands last in the copy has the row.
TEST(Contents, let_either_stand_of_two_commands_at_once) {
    const auto both = History().id(0, 7, 10, 1).id(1, 7, 90, 1);
    expect_same(both, History().id(0, 7, 10, 1));
    expect_same(both, History().id(0, 7, 90, 1));
    expect_difference(both, History().id(0, 7, 50, 1), "is missing, or of another command");
}

}  // namespace
}  // namespace holdfast::replay
