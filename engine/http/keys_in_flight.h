// KeysInFlight: commands that were posted and not answered yet, so that a client that asks again
// too early is told so.
//
// Invariant  an id is claimed by one request at a time.
// Threading  any thread.
#pragma once

#include <array>
#include <mutex>
#include <set>

#include "engine/wire/envelope.h"

namespace holdfast::http {

class KeysInFlight {
public:
    // An id as long as it is claimed; a command without an id claims nothing.
    class Claim {
    public:
        Claim() = default;
        Claim(Claim&& other) noexcept : of_(std::exchange(other.of_, nullptr)), id_(other.id_) {}
        Claim& operator=(Claim&& other) noexcept {
            std::swap(of_, other.of_);
            std::swap(id_, other.id_);
            return *this;
        }
        ~Claim() {
            if (of_ != nullptr) of_->release(id_);
        }

    private:
        friend class KeysInFlight;
        Claim(KeysInFlight* of, wire::CommandId id) : of_(of), id_(id) {}
        KeysInFlight* of_ = nullptr;
        wire::CommandId id_;
    };

    // Nothing when another request has claimed it.
    std::optional<Claim> claim(const wire::CommandId& id) {
        if (!id) return Claim();
        auto& group = group_of(id);
        const std::lock_guard lock(group.mutex);
        if (!group.ids.insert(id).second) return {};
        return Claim(this, id);
    }

private:
    struct Group {
        std::mutex mutex;
        std::set<wire::CommandId> ids;
    };
    Group& group_of(const wire::CommandId& id) { return groups_[id.low % groups_.size()]; }
    void release(const wire::CommandId& id) {
        auto& group = group_of(id);
        const std::lock_guard lock(group.mutex);
        group.ids.erase(id);
    }

    std::array<Group, 16> groups_;
};

}  // namespace holdfast::http
