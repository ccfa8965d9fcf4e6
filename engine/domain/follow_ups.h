// Follow-ups: what one context's outcome makes it say to another. The checkout conversation, whole.
//
// Order      what is said to one destination is heard in the order it is said here.
// Invariant  a refusal goes back where its sender waits for an answer. To a Commit, Release, Ship
//            or Restock stock says nothing: what it refuses of them is in its own records alone.
//
//   cart Frozen             -> order Begin                        refused: cart Unfreeze
//   cart OrderAsked         -> order NoteCartWaits -> cart Convert or Unfreeze, once it has ended;
//                                                                 refused: cart Unfreeze
//   order StockAsked        -> stock Reserve or Claim, a group    -> order NoteReserved
//                                                        refused: -> order NoteNotReserved
//   order Placed            -> payment Authorize                  -> order NoteAuthorized
//                                             declined or refused -> order NoteDeclined
//   order Confirmed         -> stock Commit, cart Convert, fulfillment Request
//   order Refused, Declined, GivenUp, Cancelled unsold            -> cart Unfreeze
//   order StockLetGo        -> stock Release, or Unclaim what its lines had reserved themselves
//   stock ClaimLapsed       -> order NoteClaimLapsed
//   order CancellationAsked -> fulfillment CancelLines            -> order NoteCancelAnswer
//   order LinesCancelled    -> stock Release, at the location
//   fulfillment Shipped     -> order NoteShipped; order Shipped   -> stock Ship
//   fulfillment Rejected    -> order NoteRejected
//   order Returned          -> stock Restock
//   order CaptureAsked, SettlementAsked, VoidAsked, RefundAsked
//                           -> payment Capture, Settle, Void, Refund
//                           -> order NoteCaptured, NoteVoided, NoteRefunded, or NotePaymentFailed
//   stock LocationSet       -> every other partition of stock
#pragma once

#include <span>

#include "engine/domain/contexts.h"

namespace holdfast {

using AnyCommand = std::variant<stock::Command, cart::Command, order::Command, payment::Command,
                                fulfillment::Command>;

// One message to one stream; `everywhere` (a location's change) goes from its key's own partition
// to every other one, and from there no further.
struct FollowUp {
    std::string key;
    AnyCommand command;
    bool everywhere = false;
};

// What a stream was asked, what it answered, and what it is after the whole group was taken.
template <class C> struct Outcome {
    std::string_view key;
    const typename C::Command& command;
    const Decided<typename C::Event, typename C::Rejection>& decided;
    const typename C::State& state;
};

// A group's outcomes come together: all accepted, or at least one refused (then none took effect).
// Messages to stock that stand together and share a partition become one group there; a stream that
// comes again begins the next group.
std::vector<FollowUp> follow_ups(std::span<const Outcome<Stock>> group);
std::vector<FollowUp> follow_ups(const Outcome<Cart>& cart);
std::vector<FollowUp> follow_ups(const Outcome<Order>& order);
std::vector<FollowUp> follow_ups(const Outcome<Payment>& payment);
std::vector<FollowUp> follow_ups(const Outcome<Fulfillment>& fulfillment);

}  // namespace holdfast
