// Deciding: which input each shard is deciding, in memory that outlives the process. What was being
// decided when it died has died of it once, as far as anybody can tell; at its second death it is
// poison, and refused undecided whenever it comes again.
//
// Invariant   an input that was decided and did not kill the process is never counted, nor one that
//             was being decided when the process ended by its own will.
// Durability  as that of a page of a mapped file: it survives the process, not always the machine.
//             A death that is lost is counted the next time.
// Threading   a Place by its shard's thread; everything else before there is one.
// Limits      deaths of 62 inputs, the oldest forgotten first; 240 shards, more are not watched.
//             Two stores an input.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace holdfast {

// What an input is known by when it comes again. All zero: none.
struct InputId {
    std::uint64_t high = 0, low = 0;
    explicit operator bool() const { return high != 0 || low != 0; }
    friend bool operator==(const InputId&, const InputId&) = default;
};

class Deciding {
public:
    struct Death {
        InputId input;
        std::uint64_t times = 0;
    };
    struct alignas(64) Mark {  // a cache line of its own: each shard writes one
        InputId at;
    };
    // One shard's. Made of nothing it watches nothing.
    class Place {
    public:
        Place() = default;
        Place(Mark* mark, const std::vector<InputId>& poison) : mark_(mark), poison_(&poison) {}
        bool is_poison(const InputId& input) const {
            return poison_ != nullptr && !poison_->empty() && is_listed(input);
        }
        void begin(const InputId& input) { write(input); }
        void end() { write({}); }

    private:
        bool is_listed(const InputId& input) const;
        void write(const InputId& input) {
            if (mark_ == nullptr) return;
            std::atomic_ref(mark_->at.high).store(input.high, std::memory_order_relaxed);
            std::atomic_ref(mark_->at.low).store(input.low, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);  // before what it may die of
        }
        Mark* mark_ = nullptr;
        const std::vector<InputId>* poison_ = nullptr;
    };

    static constexpr std::size_t deaths_max = 62, marks_max = 240;
    static constexpr std::uint64_t deaths_of_poison = 2;
    // What stands in the memory.
    struct Page {
        std::uint64_t magic = 0, died = 0;  // how many of the deaths are there
        std::array<Death, deaths_max> deaths;
        std::uint64_t ended = 0;  // not 0: by its own will, whatever the marks say
        std::array<Mark, marks_max> marks;
    };
    static constexpr std::size_t bytes = sizeof(Page);

    // Counts what was being decided when this memory was last in use. Of less than `bytes`, or
    // none, nothing is kept.
    explicit Deciding(std::span<std::byte> memory);

    Place place(std::size_t shard);
    // The process is about to end, and nothing that is being decided is to blame; by any thread.
    void end();
    std::span<const Death> deaths() const;

private:
    void count(const InputId& input);

    Page* page_ = nullptr;
    std::vector<InputId> poison_;
};

}  // namespace holdfast
