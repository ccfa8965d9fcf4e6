// Shopping: customers, clerks and warehouses that do at random what they may do.
//
// Order   step() does one thing or lets one thing happen; calm_down() lets arrive what is on its
//         way; finish() lets everything come to its end.
#pragma once

#include "tests/support/seeded_gateway.h"
#include "tests/support/sold.h"

namespace holdfast {

class Shopping {
public:
    Shopping(Random& random, Conversation& shop, SeededGateway& gateway)
        : random_(random), shop_(shop), gateway_(gateway) {}

    void open_the_shop();
    void step();
    void calm_down();
    void finish();

private:
    void happen();  // a message, an answer, a timer or time itself
    void act();
    template <class C>
    bool ask_twice(const typename C::Key& key, const typename C::Command& command);

    void fill_a_cart();
    void buy_outside();
    void reserve();
    void cancel();
    void send_back();
    void work();
    void receive();
    void lose();
    void send_everything();

    std::vector<Line> some_lines();
    std::vector<Tender> some_tenders(std::int64_t total);
    std::optional<OrderId> some_order();
    std::string fresh(std::string_view kind) { return std::string(kind) + std::to_string(++made_); }

    Random& random_;
    Conversation& shop_;
    SeededGateway& gateway_;
    std::int64_t made_ = 0;
    std::map<std::string, std::vector<std::string>> reserved_;  // by SKU, by nobody's order yet
    std::vector<OrderId> orders_;
};

}  // namespace holdfast
