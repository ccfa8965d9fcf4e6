#include "engine/adapters/simulated/simulated_topics.h"

#include "tests/contract/command_source_contract.h"

namespace holdfast {
namespace {

class Simulated {
public:
    CommandSource& source() { return source_; }
    void produce(PartitionId at, const CommandMessage& message) { topics_.produce(at, message); }
    void delete_below(PartitionId at, std::uint64_t offset) { topics_.delete_below(at, offset); }

private:
    simulated::SimulatedTopics topics_;
    simulated::SimulatedCommandSource source_{topics_, 1};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, CommandSourceContract, Simulated);

}  // namespace
}  // namespace holdfast
