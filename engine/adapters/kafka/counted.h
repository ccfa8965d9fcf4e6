// Counted: what the log on Kafka and its group count; docs/operations.md says what each means.
//
// Lifetime  goes before the Metrics.
#pragma once

#include "engine/ports/error.h"
#include "engine/ports/metrics.h"

namespace holdfast::kafka {

struct Counted {
    explicit Counted(Metrics& metrics);

    Counter& lost(const Error& why) const { return why.code == Error::conflict ? fenced : failed; }

    Histogram &append, &take_over;
    Counter &not_taken, &fenced, &failed, &passed_over, &foreign;
    Gauge &stuck, &behind;
};

struct GroupCounted {
    explicit GroupCounted(Metrics& metrics);

    Counter &rebalances, &put_out;
    Gauge& assigned;
};

}  // namespace holdfast::kafka
