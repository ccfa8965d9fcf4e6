// Window: several operations in flight, each as soon as every earlier one that touches one of the
// same things has ended.
//
// Order   operations that share a thing run in the order they stand in; others at any time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/year/client.h"

namespace holdfast::year {

struct Operation {
    std::vector<std::string> touches;
    std::function<void(Client*)> run;  // null: what it did is remembered, nothing is sent
};

// One thread a client. Returns when all have ended.
void run_all(const std::vector<Operation>& operations, std::vector<Client>& clients);

}  // namespace holdfast::year
