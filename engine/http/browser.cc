#include "engine/http/browser.h"

#include <algorithm>

namespace holdfast::http {
namespace {

using wire::JsonNode;

// What a browser may say in a body; all else is the shop's to say.
constexpr std::array<std::string_view, 5> own_fields{"version", "country", "personal",
                                                     "expected_total", "payments"};

Problem not_for_browsers(const JsonNode& body, const JsonNode& field) {
    Problem problem(problems::field_is_not_for_browsers);
    return problem.with("pointer", wire::path_of(body, field));
}

// Whose personal data it is: the token's customer, or nobody known.
bool is_about_another(const JsonNode& personal, const Principal& principal) {
    const auto* subject = personal.kind == wire::JsonKind::object ? personal.find("subject")  //
                                                                  : nullptr;
    return subject && (principal.customer.empty() || subject->text != principal.customer);
}

// Money that a browser says was taken elsewhere.
const JsonNode* taken_elsewhere(const JsonNode& payments) {
    if (payments.kind != wire::JsonKind::list) return nullptr;
    for (const auto& tender : payments) {
        const auto* outside = tender.kind == wire::JsonKind::object ? tender.find("outside")  //
                                                                    : nullptr;
        if (outside && outside->kind != wire::JsonKind::no) return outside;
    }
    return nullptr;
}

}  // namespace

std::optional<Problem> objection_to_browser(const Wish& wish) {
    if (!wish.principal.scopes.has(Scope::browser) || wish.principal.cart.empty()) return {};
    if (wish.parameters["cart"] != wish.principal.cart) return Problem(problems::cart_is_another);
    if (wish.body.kind != wire::JsonKind::object) return {};
    for (const auto& field : wish.body)
        if (std::ranges::find(own_fields, field.name) == own_fields.end())
            return not_for_browsers(wish.body, field);
    if (const auto* personal = wish.body.find("personal"))
        if (is_about_another(*personal, wish.principal))
            return not_for_browsers(wish.body, *personal->find("subject"));
    if (const auto* payments = wish.body.find("payments"))
        if (const auto* outside = taken_elsewhere(*payments))
            return not_for_browsers(wish.body, *outside);
    return {};
}

bool may_see_cart(const Principal& principal, std::string_view cart) {
    return principal.cart.empty() || principal.cart == cart;
}

bool may_see(const Principal& principal, const projections::OrderRow& order) {
    if (principal.cart.empty()) return true;
    if (order.cart && order.cart->raw() == principal.cart) return true;
    return order.customer && !principal.customer.empty() &&
           order.customer->raw() == principal.customer;
}

}  // namespace holdfast::http
