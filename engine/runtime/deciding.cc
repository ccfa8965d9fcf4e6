#include "engine/runtime/deciding.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace holdfast {
namespace {

constexpr std::uint64_t magic = 0x32'47'4e'49'44'49'43'45;  // "ECIDING2"

}  // namespace

bool Deciding::Place::is_listed(const InputId& input) const {
    return std::ranges::find(*poison_, input) != poison_->end();
}

Deciding::Deciding(std::span<std::byte> memory) {
    auto* from = static_cast<void*>(memory.data());
    auto size = memory.size();
    if (memory.empty() || std::align(alignof(Page), bytes, from, size) == nullptr) return;
    page_ = static_cast<Page*>(from);
    if (page_->magic != magic || page_->died > deaths_max) *page_ = Page{magic, 0, {}, 0, {}};
    const bool is_death = std::exchange(page_->ended, 0) == 0;
    for (auto& mark : page_->marks)
        if (const auto input = std::exchange(mark.at, {}); input && is_death) count(input);
    for (const auto& death : deaths())
        if (death.times >= deaths_of_poison) poison_.push_back(death.input);
}

std::span<const Deciding::Death> Deciding::deaths() const {
    if (page_ == nullptr) return {};
    return std::span(page_->deaths).first(page_->died);
}

void Deciding::count(const InputId& input) {
    const auto known = std::span(page_->deaths).first(page_->died);
    const auto found = std::ranges::find(known, input, &Death::input);
    auto death = found == known.end() ? Death{input, 0} : *found;
    ++death.times;
    // The latest stand last; when there is no room the oldest goes.
    if (found != known.end())
        std::rotate(found, found + 1, known.end());
    else if (page_->died == deaths_max)
        std::rotate(known.begin(), known.begin() + 1, known.end());
    else
        ++page_->died;
    page_->deaths[page_->died - 1] = death;
}

void Deciding::end() {
    if (page_ != nullptr) std::atomic_ref(page_->ended).store(1);
}

Deciding::Place Deciding::place(std::size_t shard) {
    if (page_ == nullptr || shard >= marks_max) return {};
    return {&page_->marks[shard], poison_};
}

}  // namespace holdfast
