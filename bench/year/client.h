// Client: one kept-alive connection to the engine, with the patience of a real client.
//
// Order      a request is repeated, with the same key, until it is answered: the engine may die and
//            come back in between. What is answered 503, 429 or "still in flight" is asked again.
// Threading  one thread at a time.
// Limits     60 s for an answer; 120 s without any answer end the program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace holdfast::year {

struct Place {
    std::string host = "127.0.0.1", port = "8080";
};
// Of http://host:port.
Place place_from(std::string_view url);

struct Asking {
    std::string method, path, body = {}, key = {};
    std::int64_t time_ms = 0;
    std::string_view media_type = "application/json";
};
struct Answer {
    unsigned status = 0;
    std::string body = {};
    bool is_repeated = false;  // it was answered before it was asked here
    bool is_good() const { return status >= 200 && status < 300; }
    // The problem's name, out of /problems/<name>; empty when it is none.
    std::string problem() const;
};

// Whether the same request may fare better soon.
bool wants_another_try(const Answer& answer);

class Client {
public:
    explicit Client(Place place);
    Client(Client&&) noexcept;
    ~Client();

    Answer ask(const Asking& asking);
    Answer get(const std::string& path) { return ask({"GET", path}); }

private:
    class Connection;
    Place place_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace holdfast::year
