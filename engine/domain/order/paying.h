// How an order goes from stage to stage: the steps that several answers can lead to.
//
// Order  each appends what the state it is given comes to; events said before it in the same
//        decision are in `events`, and what they did to the payments in the purse.
#pragma once

#include "engine/domain/order/purse.h"

namespace holdfast::order {

// All stock is held: the payments are asked, or there is nothing to pay.
void place(const State& order, std::vector<Event>& events);
// Nothing tracked is open any more: what needs no parcel is delivered, and the money is settled.
void complete(const State& order, Amount due, Purse& purse, std::vector<Event>& events);
// It came to nothing before it was a sale: stock and money go back.
void give_back(const State& order, std::vector<Event>& events);

}  // namespace holdfast::order
