#include "engine/http/answering.h"

#include <gtest/gtest.h>

namespace holdfast::http {
namespace {

void expect_problem(const Posting& posting, unsigned status, std::string_view name,
                    bool may_be_sent_again) {
    const auto problem = not_answered(posting);
    EXPECT_EQ(problem.status(), status) << name;
    EXPECT_EQ(problem.name(), name);
    const auto response = problem.response();
    EXPECT_EQ(response.header_lines().find("Retry-After: 1\r\n") != std::string::npos,
              may_be_sent_again)
        << name;
}
Posting failed(Error::Code code) { return std::unexpected(Error{code, "so it is"}); }

TEST(Answering, says_of_what_has_no_record_whether_it_may_be_sent_again) {
    expect_problem(std::nullopt, 503, "engine_is_overloaded", true);
    expect_problem(failed(Error::overloaded), 503, "engine_is_overloaded", true);
    expect_problem(failed(Error::conflict), 503, "partition_has_no_leader", true);
    expect_problem(failed(Error::unavailable), 503, "outcome_is_unknown", true);
    expect_problem(failed(Error::damaged), 500, "record_is_damaged", false);
    expect_problem(failed(Error::refused), 500, "record_is_damaged", false);
}

}  // namespace
}  // namespace holdfast::http
