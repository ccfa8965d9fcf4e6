#include "engine/wire/card_number.h"

#include <array>
#include <cstddef>

namespace holdfast::wire {
namespace {

constexpr std::size_t digits_min = 13;
constexpr std::size_t digits_max = 19;
constexpr std::size_t ean_digits = 13;

constexpr std::size_t run_max = 3;  // separators between two digits
constexpr std::size_t group_digits_min = 3, group_digits_max = 6;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_in_a_word(char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '_'; }
constexpr bool is_between_words(char c) { return c == ' ' || c == '.' || c == '/'; }
constexpr unsigned value_of(char digit) { return static_cast<unsigned>(digit - '0'); }

// The last digit makes the sum of all, every second doubled with its own digits summed, end in 0.
bool has_luhns_check_digit(std::string_view digits) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto value = value_of(digits[digits.size() - 1 - i]);
        const auto twice = 2 * value;
        sum += i % 2 == 0 ? value : twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0;
}

// The same with weights 1 and 3.
bool is_an_ean(std::string_view digits) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i)
        sum += value_of(digits[digits.size() - 1 - i]) * (i % 2 == 0 ? 1 : 3);
    return digits.size() == ean_digits && sum % 10 == 0;
}

bool is_a_card_number(std::string_view digits) {
    if (digits.size() < digits_min || digits.front() == '0') return false;
    if (digits.size() < digits_min + 2 && (digits.front() < '3' || digits.front() > '6'))
        return false;
    return has_luhns_check_digit(digits) && !is_an_ean(digits);
}

// A character: a digit of any width as that digit, a blank of any as a space.
struct Sign {
    char what;
    std::size_t size;
};
Sign sign_at(std::string_view text) {
    if (text.starts_with("\u00a0")) return {' ', 2};
    if (text.starts_with("\u2009") || text.starts_with("\u202f")) return {' ', 3};
    if (text.size() > 2 && text.starts_with("\xef\xbc")) {  // full width: U+FF10 to U+FF19
        const auto last = static_cast<unsigned char>(text[2]);
        if (last >= 0x90 && last <= 0x99) return {static_cast<char>('0' + (last - 0x90)), 3};
    }
    return {text.front(), 1};
}

struct Word {
    std::size_t size = 0;
    bool has_letters = false;
};
Word word_at(std::string_view text) {
    Word word;
    while (word.size < text.size()) {
        const auto [what, size] = sign_at(text.substr(word.size));
        if (!is_in_a_word(what)) break;
        word.has_letters = word.has_letters || is_letter(what);
        word.size += size;
    }
    return word;
}

// Digits, and what separates them: blanks and dashes anyhow; or dots, slashes or underscores, one
// kind only, and then in groups as cards have them.
class Candidate {
public:
    // False: the digits so far and this are no one number.
    bool add(char what) {
        if (!is_digit(what)) return separate(what == '-' ? ' ' : what);
        if (size_ == digits_.size()) return false;
        if (run_ != 0) {
            if (mark_ != none && mark_ != next_mark_) return false;
            mark_ = next_mark_;
            next_mark_ = ' ';
            is_in_groups_ = is_in_groups_ && is_a_group(group_);
            group_ = run_ = 0;
        }
        digits_[size_++] = what;
        ++group_;
        return true;
    }
    bool is_a_card() const {
        const std::string_view digits(digits_.data(), size_);
        if (!is_a_card_number(digits)) return false;
        if (mark_ == none || mark_ == ' ') return true;
        return is_in_groups_ && is_a_group(group_) && digits[0] >= '2' && digits[0] <= '6';
    }

private:
    static constexpr char none = 0;

    static bool is_a_group(std::size_t digits) {
        return digits >= group_digits_min && digits <= group_digits_max;
    }
    bool separate(char mark) {
        if (mark != ' ' && next_mark_ != ' ' && mark != next_mark_) return false;
        if (mark != ' ') next_mark_ = mark;
        return ++run_ <= run_max;
    }

    std::array<char, digits_max> digits_{};
    std::size_t size_ = 0, group_ = 0, run_ = 0;
    char mark_ = none, next_mark_ = ' ';
    bool is_in_groups_ = true;
};

// Takes `size` bytes of the text; false as add().
bool take(Candidate& candidate, std::string_view& text, std::size_t size) {
    const auto left = text.size() - size;
    while (text.size() > left) {
        const auto sign = sign_at(text);
        if (!candidate.add(sign.what)) return false;
        text.remove_prefix(sign.size);
    }
    return true;
}

// Whether a card number begins where `text` does: its first word, or it and the next ones.
bool begins_with_a_card_number(std::string_view text) {
    Candidate candidate;
    while (true) {
        const auto word = word_at(text);
        if (word.has_letters || !take(candidate, text, word.size)) return false;
        if (candidate.is_a_card()) return true;
        if (text.empty()) return false;
        const auto [what, size] = sign_at(text);
        if (!is_between_words(what) || !take(candidate, text, size)) return false;
    }
}

}  // namespace

bool has_a_card_number(std::string_view text) {
    char before = ' ';
    while (text.size() >= digits_min) {
        const bool may_begin = is_digit(sign_at(text).what) && before != '+';
        if (may_begin && begins_with_a_card_number(text)) return true;
        const auto size = word_at(text).size;
        if (size == text.size()) return false;
        before = text[size];
        text.remove_prefix(size + 1);
    }
    return false;
}

bool is_a_card_number_in_json(std::string_view number) {
    if (number.starts_with('-')) number.remove_prefix(1);
    const auto whole = number.substr(0, number.find_first_of(".eE"));
    return !whole.empty() && whole.front() >= '2' && whole.front() <= '6' &&
           has_a_card_number(whole);
}

}  // namespace holdfast::wire
