#include "engine/wire/card_number.h"

#include <array>
#include <cstddef>

namespace holdfast::wire {
namespace {

constexpr std::size_t digits_min = 13;
constexpr std::size_t digits_max = 19;
constexpr std::size_t ean_digits = 13;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_in_a_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}
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

// The word that begins `text`; empty when it has letters, or there is none.
std::string_view number_at(std::string_view text) {
    std::size_t size = 0;
    bool letters = false;
    for (; size < text.size() && is_in_a_word(text[size]); ++size)
        letters = letters || (!is_digit(text[size]) && text[size] != '-');
    return letters ? std::string_view() : text.substr(0, size);
}

// Whether a card number begins where `text` does: its first word, or it and the next ones.
bool begins_with_a_card_number(std::string_view text) {
    std::array<char, digits_max> digits{};
    std::size_t size = 0;
    while (true) {
        const auto word = number_at(text);
        if (word.empty()) return false;
        for (const char c : word) {
            if (!is_digit(c)) continue;
            if (size == digits.size()) return false;
            digits[size++] = c;
        }
        if (is_a_card_number({digits.data(), size})) return true;
        if (word.size() == text.size() || text[word.size()] != ' ') return false;
        text.remove_prefix(word.size() + 1);
    }
}

}  // namespace

bool has_a_card_number(std::string_view text) {
    char before = ' ';
    while (text.size() >= digits_min) {
        if (is_digit(text.front()) && before != '+' && begins_with_a_card_number(text)) return true;
        std::size_t size = 0;
        while (size < text.size() && is_in_a_word(text[size])) ++size;
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
