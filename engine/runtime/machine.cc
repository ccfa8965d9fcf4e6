#include "engine/runtime/machine.h"

#include "engine/runtime/machine_replay.h"
#include "engine/wire/schemas.h"

namespace holdfast {

std::unique_ptr<Machine> make_machine(const MachineSettings& settings, const StateStore& store) {
    std::unique_ptr<Machine> machine;
    with_context(settings.at.context,
                 [&]<class C>(C) { machine = std::make_unique<MachineOf<C>>(settings, store); });
    assert(machine);
    return machine;
}

}  // namespace holdfast
