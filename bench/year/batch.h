// Batch: many requests in one, answered one by one.
#pragma once

#include <span>
#include <vector>

#include "bench/year/client.h"

namespace holdfast::year {

constexpr std::size_t batch_requests_max = 200;
constexpr std::size_t batch_bytes_max = 1'000'000;

// How many of the first requests make one batch; at least one.
std::size_t batch_size(std::span<const Asking> askings);
// In their order. What the engine had no room for is sent again.
std::vector<Answer> ask_batch(Client& client, std::span<const Asking> askings);

// The number behind "name": of a small object; nothing else is read of it.
unsigned status_in(const std::string& line);

}  // namespace holdfast::year
