#!/usr/bin/env python3
"""A bearer token for a client of Holdfast, signed by the secret of --token-secret (HS256).

    docs/examples/token.py SECRET_FILE CLIENT "SCOPE ..." [HOURS]

prints one for that client (`sub`) and those scopes, good for an hour or so many.
"""

import base64
import hashlib
import hmac
import json
import sys
import time


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret, client, scopes, hours):
    claims = {"sub": client, "scope": scopes, "exp": int(time.time() + hours * 3600)}
    signed = ".".join(text(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{text(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    file, client, scopes, *hours = sys.argv[1:]
    with open(file, "rb") as secret:
        print(token(secret.read().rstrip(b"\r\n"), client, scopes, float(hours[0]) if hours else 1))
