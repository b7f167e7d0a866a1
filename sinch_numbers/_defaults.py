"""Every option's default, each with its unit."""

from __future__ import annotations

API_URL = "https://numbers.api.sinch.com"
"""Base URL of the Numbers API."""
AUTH_URL = "https://auth.sinch.com"
"""Base URL of the token endpoint, without `/oauth2/token`."""

CONNECT_TIMEOUT = 5.0
"""Seconds to establish a connection, including TLS."""
READ_TIMEOUT = 30.0
"""Seconds to wait for the next byte of the response. The API takes several seconds to rent a number."""
WRITE_TIMEOUT = 10.0
"""Seconds to wait until the server accepts the next byte of the request."""
POOL_TIMEOUT = 30.0
"""Seconds that an exchange may wait until fewer than `MAX_CONNECTIONS` are in flight."""
TOTAL_TIMEOUT = 120.0
"""Seconds for a whole call: access token, attempts, and the pauses between them."""
CLOSE_TIMEOUT = 60.0
"""Seconds that `aclose()` waits for exchanges and purchases that have begun."""
MAX_RESPONSE_SIZE = 64 * 2**20
"""Bytes of a response, after decompression. A larger one is not read to its end."""
MAX_TARGET_LENGTH = 60_000
"""Characters of the path and query of a request. httpx accepts no URL of more than 65,536."""
MAX_BASE_URL_LENGTH = 2_000
"""Characters of `base_url` and `auth_url`."""
MAX_CONNECTIONS = 100
"""Number of exchanges in flight at once."""
KEEPALIVE_EXPIRY = 30.0
"""Seconds after which an idle connection is not reused."""

MAX_ATTEMPTS = 3
"""Number of attempts that a call makes. An attempt after a 401, with a new token, is not counted."""
INITIAL_DELAY = 0.5
"""Seconds: upper bound of the first pause. It doubles with each attempt."""
MAX_DELAY = 8.0
"""Seconds: upper bound of any pause that the server did not ask for."""
MAX_RETRY_AFTER = 60.0
"""Seconds: if `Retry-After` asks for a longer pause, the error is raised at once."""
RETRY_QUOTA = 100
"""Number of retries that all calls of a client share. Each success gives a tenth of a retry back."""

TOKEN_LIFETIME = 300.0
"""Seconds that a token is assumed to last if the token endpoint does not say."""
MAX_TOKEN_LIFETIME = 366 * 24 * 3600.0
"""Seconds: the longest `expires_in` that is believed."""
TOKEN_REFRESH_AHEAD = 300.0
"""Seconds before expiry from which a token is renewed in the background; at most a fifth of its lifetime."""
TOKEN_EXPIRY_MARGIN = 10.0
"""Seconds before expiry from which a token is not used; at most a twentieth of its lifetime."""
TOKEN_FAILURE_PAUSE = 5.0
"""Seconds without another token request after one failed, or after the API rejected a new token."""
ABANDONED_GRACE = 1.0
"""Seconds that a cancelled read, a task at close, or a cancelled call of a store gets to finish."""
BODY_LIMIT = 64 * 1024
"""Bytes of a response's body that an error keeps."""
TEXT_LIMIT = 500
"""Characters of a server's text that an error's message or a log line shows."""
MESSAGE_LIMIT = 4_000
"""Characters of the message of an error."""
MAX_DRIFTS = 1_000
"""Number of differences from the specification that a client reports. It ignores further ones."""
RECONCILE_PATIENCE = 20.0
"""Seconds to keep asking for a number whose rent or release got no clear response: it may appear late."""
RECONCILE_INTERVAL = 0.5
"""Seconds: the first pause between two such requests. It doubles, up to `MAX_DELAY`."""
RETURNED_FOR = 3600.0
"""Seconds for which a number returned to one caller does not count as another call's purchase."""
OFFERED_FOR = 600.0
"""Seconds for which a number that was on offer counts as not yet in the project, if it is found there after a rent."""
LEASE = 30.0
"""Seconds without a renewal after which another process may take over a purchase."""
SETTLE_AFTER = 600.0
"""Seconds, by the API's clock, for which a number must be reported absent before its purchase counts as refused."""
STORE_TIMEOUT = 3.0
"""Seconds for one call of the token store."""

SEARCH_SIZE = 20
"""Number of offers that a purchase requests in one search, at least."""
MAX_SEARCH_SIZE = 500
"""Number of offers that a purchase requests in one search, at most."""

PROVISIONING_TIMEOUT = 300.0
"""Seconds that `wait_until_provisioned` waits at most."""
PROVISIONING_INTERVAL = 1.0
"""Seconds: the first pause between two requests for a number that is being provisioned."""
PROVISIONING_SLOWDOWN = 10
"""Factor: the pause grows to this many times the first one."""

MAX_PAGES = 100_000
"""Number of pages after which a listing is considered endless."""
CONCURRENCY = 8
"""Number of items that a bulk operation works on at once, at most."""
READ_CONCURRENCY = 12
"""The same for operations that only read: `list_all` and `get_many`."""
