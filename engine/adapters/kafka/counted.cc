#include "engine/adapters/kafka/counted.h"

namespace holdfast::kafka {
namespace {

Counter& lost_for(Metrics& metrics, const char* reason) {
    return metrics.counter("holdfast_kafka_partitions_lost_total",
                           "Logs that this engine wrote and does no longer, by what took them.",
                           {{"reason", reason}});
}

}  // namespace

Counted::Counted(Metrics& metrics)
    : append(metrics.histogram("holdfast_kafka_append_seconds",
                               "From a batch's append to the report that it is durable.",
                               latency_buckets)),
      take_over(metrics.histogram("holdfast_kafka_take_over_seconds",
                                  "From the wish to write a log to writing it.", latency_buckets)),
      not_taken(metrics.counter("holdfast_kafka_partitions_not_taken_total",
                                "Logs that this engine wished to write and could not.")),
      fenced(lost_for(metrics, "fenced")),
      failed(lost_for(metrics, "delivery")),
      passed_over(metrics.counter("holdfast_kafka_batches_passed_over_total",
                                  "Messages of former writers that came too late to count.")),
      foreign(metrics.counter("holdfast_kafka_foreign_messages_total",
                              "Messages in events topics that no engine wrote.")),
      stuck(metrics.gauge("holdfast_kafka_partitions_stuck",
                          "Logs that cannot be read on, because messages are missing or damaged.")),
      behind(metrics.gauge(
          "holdfast_kafka_messages_behind",
          "Messages of other engines that brokers have and this one did not read.")) {}

GroupCounted::GroupCounted(Metrics& metrics)
    : rebalances(metrics.counter("holdfast_kafka_rebalances_total",
                                 "How often the group said what this engine is to lead.")),
      put_out(metrics.counter("holdfast_kafka_put_out_of_group_total",
                              "How often the group went on without this engine.")),
      assigned(metrics.gauge("holdfast_kafka_partitions_assigned",
                             "Partitions that this engine is to lead, of every context.")) {}

}  // namespace holdfast::kafka
