#include "tests/unit/order_given.h"

#include "order_tables.h"

namespace holdfast {

template std::string shown(const order::Event&);
template std::string shown(const std::vector<order::Event>&);
template bool same_fields(const order::Event&, const order::Event&);

}  // namespace holdfast
