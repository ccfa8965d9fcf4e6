// Levels: the rows of availability.h without the ledger beside them, for who needs to know only
// what there is.
#pragma once

#include "projections/availability.h"

namespace holdfast::projections {

Folded fold_levels(const Told<Stock>& told, Rows& rows);

}  // namespace holdfast::projections
