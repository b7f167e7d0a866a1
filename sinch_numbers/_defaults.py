"""Every option's default, each with its unit."""

from __future__ import annotations

API_URL = "https://numbers.api.sinch.com"
AUTH_URL = "https://auth.sinch.com"

CONNECT_TIMEOUT = 5.0
"""Seconds until a connection, TLS included, has to stand."""
READ_TIMEOUT = 30.0
"""Seconds without a byte of the answer. A rent takes the API several seconds."""
WRITE_TIMEOUT = 10.0
"""Seconds without the peer taking a byte of the request."""
POOL_TIMEOUT = 30.0
"""Seconds that a call may wait for one of `MAX_CONNECTIONS`."""
TOTAL_TIMEOUT = 120.0
"""Seconds for a whole call: token, attempts and the pauses between them."""
CLOSE_TIMEOUT = 60.0
"""Seconds that `aclose()` waits for exchanges that have begun."""
MAX_CONNECTIONS = 100
"""Connections that the default transport holds open at the most."""
KEEPALIVE_EXPIRY = 30.0
"""Seconds after which an idle connection is not used again."""

MAX_ATTEMPTS = 3
INITIAL_DELAY = 0.5
"""Seconds: the upper bound of the first pause; it doubles with each attempt."""
MAX_DELAY = 8.0
"""Seconds: the upper bound of any pause that the server did not ask for."""
MAX_RETRY_AFTER = 60.0
"""Seconds: a `Retry-After` beyond this raises at once."""
RETRY_QUOTA = 100
"""Retries that all calls of a client may have on credit together."""

TOKEN_LIFETIME = 300.0
"""Seconds that a token is taken to last where the answer does not say."""
MAX_TOKEN_LIFETIME = 366 * 24 * 3600.0
"""Seconds beyond which what a token endpoint says is taken for no lifetime."""
TOKEN_REFRESH_AHEAD = 300.0
"""Seconds before expiry from which a token is renewed in the background; at most a fifth of its life."""
TOKEN_EXPIRY_MARGIN = 10.0
"""Seconds before expiry from which a token is not used; at most a twentieth of its life."""
TOKEN_FAILURE_PAUSE = 5.0
"""Seconds for which a failed token request is not repeated."""
ABANDONED_GRACE = 1.0
"""Seconds that a read has to end in after its caller was cancelled, and a task that a closing client cancels."""
MAX_DRIFTS = 1_000
"""Differences from the specification that are reported; further ones are silent."""
RECONCILE_PATIENCE = 20.0
"""Seconds for which a number whose rent or release had no clear answer is looked for: it may appear late."""
RECONCILE_INTERVAL = 0.5
"""Seconds between two looks at first; they double up to MAX_DELAY."""
RETURNED_FOR = 3600.0
"""How long a number returned to one caller does not count as another call's purchase, in seconds."""
LEASE = 30.0
"""Seconds without a renewal after which another process may finish a purchase."""
SETTLE_AFTER = 600.0
"""Seconds for which the API has to say that a number is not active until a purchase counts as refused."""
STORE_TIMEOUT = 3.0
"""Seconds until the store of the access token has to respond."""

SEARCH_SIZE = 20
"""Offers that a purchase asks for at a time, at the least."""
MAX_SEARCH_SIZE = 500
"""Offers that a purchase asks for at a time, at the most."""

PROVISIONING_TIMEOUT = 300.0
"""Seconds that a wait for provisioning lasts at the most."""
PROVISIONING_INTERVAL = 1.0
"""Seconds between two looks at a number that is being provisioned, at first."""
PROVISIONING_SLOWDOWN = 10
"""How many times that interval the pause between two looks grows to."""

MAX_PAGES = 100_000
"""Pages after which a listing is taken to be endless."""
CONCURRENCY = 8
"""Calls that a bulk operation keeps in flight."""
