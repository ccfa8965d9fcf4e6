#include "bench/year/loader.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "bench/year/batch.h"
#include "bench/year/progress.h"

namespace holdfast::year {
namespace {

constexpr auto heals_within = std::chrono::seconds(30);
constexpr auto heal_pause = std::chrono::milliseconds(10);

// A conversation in the engine goes on behind an answer: what the next one of ours needs may be
// a moment away. A refusal is remembered under its key, so each further try has one of its own.
class Healing {
public:
    explicit Healing(Asking asking) : asking_(std::move(asking)), first_key_(asking_.key) {}
    const Asking& asking() const { return asking_; }
    void again(const Answer& answer) {
        if (std::chrono::steady_clock::now() > until_)
            stop(fmt::format("{} {} is still answered {}: {}", asking_.method, asking_.path,
                             answer.status, answer.body));
        std::this_thread::sleep_for(heal_pause);
        asking_.key = fmt::format("{}/{}", first_key_, ++tries_);
    }

private:
    Asking asking_;
    std::string first_key_;
    int tries_ = 1;
    std::chrono::steady_clock::time_point until_ = std::chrono::steady_clock::now() + heals_within;
};

[[noreturn]] void stop_at(const Asking& asking, const Answer& answer) {
    stop(fmt::format("{} {} {} was answered {}: {}", asking.method, asking.path, asking.body,
                     answer.status, answer.body));
}

// Until it is accepted; whether it was before. 202: the same request again waits on.
bool ask_until_done(Client& client, Asking asking, std::string_view not_yet) {
    Healing healing(std::move(asking));
    for (bool is_first = true;; is_first = false) {
        const auto answer = client.ask(healing.asking());
        if (answer.status == 202) continue;
        if (answer.is_good()) return is_first && answer.is_repeated;
        if (not_yet.empty() || answer.problem() != not_yet) stop_at(healing.asking(), answer);
        healing.again(answer);
    }
}

}  // namespace

Loader::Loader(const std::vector<Invoice>& year, const OpeningStock& opening, const Plan& plan)
    : year_(year),
      opening_(opening),
      plan_(plan),
      bookmark_(read_bookmark(plan.bookmark, plan.load)) {
    for (std::size_t i = 0; i < plan.connections; ++i)
        clients_.emplace_back(plan.engines[i % plan.engines.size()]);
    for (const auto& name : bookmark_.refused) book_.refuse(name);
    for (const auto& [sku, units] : opening) book_.move(sku, units);
}

void Loader::run() {
    if (bookmark_.done.empty()) open();
    Progress progress(year_.size());
    for (std::size_t from = 0; from < year_.size();) {
        auto to = from;
        while (to < year_.size() && year_[to].date() == year_[from].date()) ++to;
        const auto day = Day(year_).subspan(from, to - from);
        const auto date = day.front().date();
        if (date <= bookmark_.done) {
            for (const auto& operation : operations_of(day)) operation.run(nullptr);
        } else {
            take(day);
            bookmark_.done = date;
            bookmark_.refused = book_.refused();
            write_bookmark(plan_.bookmark, bookmark_);
        }
        progress.reached(date, from = to);
    }
}

void Loader::open() {
    const auto time = begin_of_day_ms(year_.front().date());
    send_all({location_set(time)});
    std::vector<Asking> askings;
    for (const auto& [sku, units] : opening_) askings.push_back(opened(sku, units, time));
    send_all(askings, "location_is_unknown");
}

void Loader::take(Day day) {
    const auto first_sale = sales_.size();
    const auto operations = operations_of(day);
    std::vector<Asking> carts;
    for (auto i = first_sale; i < sales_.size(); ++i) carts.push_back(cart_opened(sales_[i]));
    send_all(carts);
    run_all(operations, clients_);
    ship(first_sale);
    wait_until_paid();
}

// Of all days so far. What an order asks of its payment for a return depends on whether the capture
// was answered before; so a return comes after, whoever is quick.
void Loader::wait_until_paid() {
    std::int64_t authorized = 0, returned = 0;
    for (const auto& sale : sales_) {
        if (!sale.is_accepted) continue;
        authorized += sale.total();
        for (const auto& line : sale.lines) returned += line.returned * line.price;
    }
    year::wait_until_paid(clients_.front(), authorized, returned);
}

std::vector<Operation> Loader::operations_of(Day day) {
    std::vector<Operation> operations;
    for (const auto& invoice : day) {
        if (invoice.is == Class::order) {
            auto& sale = sales_.emplace_back(sale_of(invoice));
            Operation operation{{"customer " + invoice.customer},
                                [this, &sale](Client* client) { place(sale, client); }};
            if (invoice.customer.empty()) operation.touches.clear();
            for (const auto& line : sale.lines)
                if (line.kind == Kind::goods) operation.touches.push_back(line.sku);
            operations.push_back(std::move(operation));
        } else if (invoice.is != Class::ledger && invoice.is != Class::charge_only) {
            add_rows(invoice, operations);
        }
    }
    return operations;
}

void Loader::add_rows(const Invoice& invoice, std::vector<Operation>& to) {
    for (std::size_t i = 0; i < invoice.rows.size(); ++i) {
        const auto& row = invoice.rows[i];
        if (row.kind != Kind::goods) continue;
        Operation operation{{row.sku}, {}};
        const Spot spot{invoice, i + 1};
        if (invoice.is == Class::cancellation) {
            if (!invoice.customer.empty())
                operation.touches.push_back("customer " + invoice.customer);
            operation.run = [this, spot, &row](Client* client) { give_back(spot, row, client); };
        } else if (invoice.is == Class::stock_out) {
            operation.run = [this, spot, &row](Client* client) { adjust(spot, row, client); };
        } else {
            operation.run = [this, spot, &row](Client* client) {
                if (client) ask_until_done(*client, received(spot, row.sku, row.quantity), {});
                book_.move(row.sku, row.quantity);
                book_.count_receipt();
            };
        }
        to.push_back(std::move(operation));
    }
}

void Loader::place(Sale& sale, Client* client) {
    const auto name = "order/" + sale.invoice->number;
    bool is_accepted = !client && !book_.was_refused(name);
    while (client) {
        const auto asking = completed(sale);
        const auto answer = client->ask(asking);
        if (answer.status == 202) continue;
        is_accepted = answer.is_good();
        if (!is_accepted && answer.problem() != "stock_is_insufficient") stop_at(asking, answer);
        break;
    }
    if (is_accepted)
        book_.accept(sale);
    else
        book_.refuse(name);
}

void Loader::adjust(const Spot& spot, const Row& row, Client* client) {
    const auto name = fmt::format("adjust/{}-{}", spot.invoice.number, spot.row);
    bool is_accepted = !client && !book_.was_refused(name);
    if (client) {
        const auto asking = adjusted(spot, row);
        const auto answer = client->ask(asking);
        is_accepted = answer.is_good();
        const bool is_short = answer.problem() == "stock_is_insufficient" ||
                              answer.problem() == "stock_would_be_negative";
        if (!is_accepted && !is_short) stop_at(asking, answer);
    }
    if (is_accepted)
        book_.move(row.sku, row.quantity);
    else
        book_.refuse(name);
    book_.count_adjustment(is_accepted);
}

// An engine passes a decision on to stock before it answers for it, so that what comes after the
// answer finds the units there. Where several share the partitions, stock may hear of it later.
void Loader::give_back(const Spot& spot, const Row& row, Client* client) {
    const auto parts = book_.give_back(spot.invoice, row);
    if (!client) return;
    bool is_repeated = false;  // then stock may have had what comes after it, too
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Spot at{spot.invoice, spot.row, i + 1};
        if (!parts[i].sale)
            is_repeated |= ask_until_done(*client, received(at, row.sku, parts[i].units), {});
        else
            is_repeated |=
                ask_until_done(*client, given_back(at, parts[i]),
                               parts[i].is_same_day ? "order_is_not_confirmed"
                                                    : "quantity_exceeds_what_was_shipped");
    }
    if (plan_.engines.size() > 1 && !is_repeated)
        wait_until_available(*client, id_of(row.sku), book_.available(row.sku));
}

void Loader::ship(std::size_t first_sale) {
    std::vector<Asking> shipments;
    for (auto i = first_sale; i < sales_.size(); ++i)
        if (sales_[i].is_accepted && !sales_[i].is_cancelled_whole())
            shipments.push_back(shipped(sales_[i]));
    send_all(shipments, "fulfillment_is_unknown");
}

void Loader::send_all(const std::vector<Asking>& askings, std::string_view not_yet) {
    std::vector<Operation> batches;
    for (std::size_t from = 0; from < askings.size();) {
        const auto rest = std::span(askings).subspan(from);
        const auto some = rest.first(batch_size(rest));
        batches.push_back({{}, [some, not_yet](Client* client) {
                               const auto answers = ask_batch(*client, some);
                               for (std::size_t i = 0; i < some.size(); ++i) {
                                   if (answers[i].is_good()) continue;
                                   if (not_yet.empty() || answers[i].problem() != not_yet)
                                       stop_at(some[i], answers[i]);
                                   ask_until_done(*client, some[i], not_yet);
                               }
                           }});
        from += some.size();
    }
    run_all(batches, clients_);
}

}  // namespace holdfast::year
