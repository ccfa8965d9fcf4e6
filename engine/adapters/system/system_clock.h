// SystemClock: the machine's clock.
#pragma once

#include "engine/ports/clock.h"

namespace holdfast::system {

class SystemClock final : public Clock {
public:
    std::int64_t now_ms() const override;
};

}  // namespace holdfast::system
