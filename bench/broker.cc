#include "bench/broker.h"

namespace holdfast::bench {

std::expected<Broker, Error> Broker::at(const std::string& brokers) {
    if (!brokers.empty()) return Broker(brokers, nullptr);
    auto child = Child::start({"/usr/bin/setpriv", "--pdeathsig", "TERM", HOLDFAST_KAFKA});
    if (!child) return std::unexpected(child.error());
    auto bootstrap = (*child)->reads_behind("bootstrap ");
    if (!bootstrap)
        return std::unexpected(Error{Error::unavailable, "no broker: " + (*child)->said()});
    return Broker(*std::move(bootstrap), *std::move(child));
}

}  // namespace holdfast::bench
