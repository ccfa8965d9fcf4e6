#include "bench/peer.h"

#include "bench/child.h"
#include "bench/name_space.h"

namespace holdfast::bench {

std::expected<Report, Error> kafka_streams(const KafkaSettings& settings) {
    const auto name_space = NameSpace::on(settings.brokers);
    const auto partitions = std::to_string(settings.partitions);
    std::filesystem::remove_all(settings.folder);
    auto child = Child::start({HOLDFAST_PEER, settings.brokers, name_space.name() + ".peer",
                               partitions, std::to_string(settings.wanted.count),
                               std::to_string(settings.wanted.skus), settings.folder.string()});
    if (!child) return std::unexpected(child.error());
    const auto rate = (*child)->reads_behind("rate_per_s ");
    if (!rate)
        return std::unexpected(Error{Error::unavailable, "the peer said: " + (*child)->said()});
    child->reset();
    std::filesystem::remove_all(settings.folder);
    Report report;
    report.scenario =
        "kafka_streams_" + partitions + "_partition" + (settings.partitions == 1 ? "" : "s");
    report.rate_per_s = std::stod(*rate);
    return report;
}

}  // namespace holdfast::bench
