#!/usr/bin/env bash
# An order from an empty shop to the parcel, by curl: what a storefront and a warehouse send.
#
#   docs/examples/first_order.sh http://127.0.0.1:8080 [TOKEN]
#
# The engine is one on an empty folder, as: holdfast --data /tmp/shop --insecure-no-tokens
# With tokens: one of the scope admin (docs/examples/token.py).
set -euo pipefail
shop=$1/v1 token=${2:-}

# ask METHOD PATH [BODY]: prints the answer; a POST has a key, so that it may be sent again.
ask() {
    curl --silent --show-error --fail-with-body --request "$1" "$shop$2" \
        --header "Authorization: Bearer $token" --header "Idempotency-Key: first-$1-$2" \
        ${3:+--header "Content-Type: application/json" --data "$3"}
    echo
}

ask PUT /locations/main '{"name": "Main", "priority": 0, "accepts_orders": true}'
ask POST /skus/cup/movements '{"kind": "receive", "location": "main", "quantity": 10}'

ask PUT /carts/c1 '{"currency": "EUR"}'
ask PUT /carts/c1/lines/1 '{"sku": "cup", "quantity": 2, "unit_price": 1250}'
ask POST /carts/c1/complete '{"order": "o1",
    "expected_total": {"amount": 2500, "currency": "EUR"},
    "payments": [{"token": "tok_approve", "amount": 2500}]}'

# The warehouse looks at its queue until the order is there, and sends it.
until queue=$(ask GET '/fulfillments?location=main') && [[ $queue =~ \"fulfillment\":\"([^\"]+)\" ]]; do
    sleep 0.1
done
ask POST "/fulfillments/${BASH_REMATCH[1]}/ship" \
    '{"shipment": "s1", "carrier": "post", "tracking": "RR123456785DE"}'

ask GET '/availability?sku=cup'
ask GET /orders/o1
