#include "bench/year/window.h"

#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>
#include <unordered_map>

namespace holdfast::year {
namespace {

class Window {
public:
    explicit Window(const std::vector<Operation>& operations)
        : operations_(operations),
          waiting_for_(operations.size()),
          behind_(operations.size()),
          left_(operations.size()) {
        std::unordered_map<std::string_view, std::size_t> last;
        for (std::size_t i = 0; i < operations.size(); ++i) {
            for (const auto& thing : operations[i].touches) {
                const auto [before, is_first] = last.try_emplace(thing, i);
                if (!is_first && before->second != i) {
                    behind_[before->second].push_back(i);
                    ++waiting_for_[i];
                }
                before->second = i;
            }
            if (waiting_for_[i] == 0) ready_.push(i);
        }
    }

    void work(Client& client) {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [&] { return !ready_.empty() || left_ == 0; });
            if (left_ == 0) return;
            const auto next = ready_.top();
            ready_.pop();
            lock.unlock();
            operations_[next].run(&client);
            lock.lock();
            for (const auto one : behind_[next])
                if (--waiting_for_[one] == 0) ready_.push(one);
            --left_;
            changed_.notify_all();
        }
    }

private:
    const std::vector<Operation>& operations_;
    std::vector<std::size_t> waiting_for_;
    std::vector<std::vector<std::size_t>> behind_;
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready_;
    std::size_t left_;
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace

void run_all(const std::vector<Operation>& operations, std::vector<Client>& clients) {
    Window window(operations);
    std::vector<std::jthread> threads;
    threads.reserve(clients.size());
    for (auto& client : clients) threads.emplace_back([&] { window.work(client); });
}

}  // namespace holdfast::year
