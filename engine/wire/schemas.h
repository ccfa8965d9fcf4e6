// Schemas: what ties the domain's messages to their tables, for all five contexts. Heavy to compile:
// for the few files that read or write records of any context.
#pragma once

#include "cart_tables.h"
#include "fulfillment_tables.h"
#include "order_tables.h"
#include "payment_tables.h"
#include "stock_tables.h"
