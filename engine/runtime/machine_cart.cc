#include "engine/runtime/machine_replay.h"

namespace holdfast {

template std::unique_ptr<Machine> machine_of<Cart>(const MachineSettings&, const StateStore&);

}  // namespace holdfast
