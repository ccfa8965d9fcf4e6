// Session: one connection, from its first byte to its last.
//
// Threading  on its lane's thread.
// Errors     none leave it: what the peer did wrong is answered as a problem, or the connection
//            ends.
#pragma once

#include <atomic>

#include <boost/asio/ssl/context.hpp>

#include "engine/http/lane.h"
#include "engine/http/server.h"

namespace holdfast::http {

// What all sessions of a server share.
struct Serving {
    Serving(ServerSettings with, Answer by, Metrics& metrics);

    const ServerSettings settings;
    const Answer answer;
    std::optional<boost::asio::ssl::context> tls;
    std::atomic<std::uint32_t> connections = 0;
    std::atomic<std::uint64_t> bodies_bytes = 0;
    std::atomic<bool> is_stopping = false;  // on every lane at once

    Gauge& connections_open;
    Counter& connections_accepted;
    Counter& connections_turned_away;
    Counter& requests_unreadable;
};

// Serves until the peer or the lane wants no more. `turned_away`: only to say that there are too
// many connections.
Task<void> serve(Socket socket, Lane& lane, Serving& serving, bool turned_away);

}  // namespace holdfast::http
