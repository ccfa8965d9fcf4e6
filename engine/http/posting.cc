#include "engine/http/posting.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace holdfast::http {
namespace {

namespace asio = boost::asio;
using Awaiting = asio::use_awaitable_t<Executor>;

// Answers as they come, on any thread; the last one resumes who waits.
template <class Handler> class Gathering : public std::enable_shared_from_this<Gathering<Handler>> {
public:
    Gathering(Handler handler, Executor executor, std::size_t count)
        : handler_(std::move(handler)),
          executor_(std::move(executor)),
          postings_(count),
          left_(count) {}

    void take(std::size_t place, Posting posting) {
        postings_[place] = std::move(posting);
        if (left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        asio::post(executor_, [self = this->shared_from_this()] {
            auto handler = std::move(self->handler_);
            std::move(handler)(std::move(self->postings_));
        });
    }

private:
    Handler handler_;
    Executor executor_;
    std::vector<Posting> postings_;
    std::atomic<std::size_t> left_;
};

}  // namespace

Task<std::vector<Posting>> post_all(Engine& engine, std::vector<Posted> commands) {
    if (commands.empty()) co_return std::vector<Posting>();
    const auto executor = co_await asio::this_coro::executor;
    const auto begin = [&](auto handler) {
        const auto count = commands.size();
        const auto gathering =
            std::make_shared<Gathering<decltype(handler)>>(std::move(handler), executor, count);
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_taken =
                engine.post(std::move(commands[i]), [gathering, i](auto answered) {
                    gathering->take(i, Posting(std::move(answered)));
                });
            if (!is_taken) gathering->take(i, std::nullopt);
        }
    };
    co_return co_await asio::async_initiate<const Awaiting, void(std::vector<Posting>)>(begin,
                                                                                        Awaiting());
}

}  // namespace holdfast::http
