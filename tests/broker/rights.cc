#include "tests/broker/rights.h"

#include <gtest/gtest.h>

namespace holdfast::kafka {
namespace {

constexpr const char* engine = "User:engine";

struct FreeRule {
    void operator()(rd_kafka_AclBinding_t* rule) const { rd_kafka_AclBinding_destroy(rule); }
};
using Rule = std::unique_ptr<rd_kafka_AclBinding_t, FreeRule>;

// `make`: of a rule, or of what rules to look for.
template <class Make> Rule rule_of(const Right& right, Make make) {
    char why[256];
    Rule rule(make(right.of, right.name.c_str(), right.pattern, engine, "*", right.what,
                   RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, why, sizeof why));
    EXPECT_TRUE(rule) << why;
    return rule;
}

// Asks the brokers as `ask` does, and waits until they have done it.
template <class Ask> void ask_for(const Settings& settings, Ask ask) {
    const auto client = make_consumer(settings).value();
    const Queue answers(rd_kafka_queue_new(client.get()));
    ask(client.get(), answers.get());
    const Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), 30'000));
    ASSERT_TRUE(answer);
    EXPECT_EQ(rd_kafka_event_error(answer.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
}

}  // namespace

Right to_topics(const std::string& beginning, rd_kafka_AclOperation_t what) {
    return {RD_KAFKA_RESOURCE_TOPIC, beginning, RD_KAFKA_RESOURCE_PATTERN_PREFIXED, what};
}

std::vector<Right> rights_of_engines(const std::string& name_space) {
    std::vector<Right> rights{
        {RD_KAFKA_RESOURCE_GROUP, name_space + ".engines", RD_KAFKA_RESOURCE_PATTERN_LITERAL,
         RD_KAFKA_ACL_OPERATION_READ},
        {RD_KAFKA_RESOURCE_BROKER, "kafka-cluster", RD_KAFKA_RESOURCE_PATTERN_LITERAL,
         RD_KAFKA_ACL_OPERATION_IDEMPOTENT_WRITE},
    };
    for (const auto what : {RD_KAFKA_ACL_OPERATION_CREATE, RD_KAFKA_ACL_OPERATION_DESCRIBE,
                            RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS, RD_KAFKA_ACL_OPERATION_READ,
                            RD_KAFKA_ACL_OPERATION_WRITE})
        rights.push_back(to_topics(name_space + ".", what));
    return rights;
}

void grant(const Settings& settings, const std::vector<Right>& rights) {
    std::vector<Rule> rules;
    std::vector<rd_kafka_AclBinding_t*> raw;
    for (const auto& right : rights)
        raw.push_back(rules.emplace_back(rule_of(right, rd_kafka_AclBinding_new)).get());
    ask_for(settings, [&](auto* client, auto* answers) {
        rd_kafka_CreateAcls(client, raw.data(), raw.size(), nullptr, answers);
    });
}

void take_away(const Settings& settings, const Right& right) {
    const auto rule = rule_of(right, rd_kafka_AclBindingFilter_new);
    auto* raw = rule.get();
    ask_for(settings, [&](auto* client, auto* answers) {
        rd_kafka_DeleteAcls(client, &raw, 1, nullptr, answers);
    });
}

}  // namespace holdfast::kafka
