#include "engine/runtime/machine.h"

#include <cassert>

#include "engine/domain/contexts.h"

namespace holdfast {

std::unique_ptr<Machine> make_machine(const MachineSettings& settings, const StateStore& store) {
    std::unique_ptr<Machine> machine;
    with_context(settings.at.context,
                 [&]<class C>(C) { machine = machine_of<C>(settings, store); });
    assert(machine);
    return machine;
}

}  // namespace holdfast
