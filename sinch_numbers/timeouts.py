"""How long each part of a call may take."""

from __future__ import annotations

import attrs

from . import _defaults
from .errors import ConfigurationError


@attrs.frozen(kw_only=True)
class Timeout:
    """How long each part of a call may take, in seconds. All are finite.

    `connect`, `read`, `write` and `pool` limit one exchange. `total` limits the whole call, including retries. `store`
    limits one call of the token store; after it, the client requests a token. A purchase or release without a clear
    response may take longer than `total`: the client asks the API what became of it, for up to 20 seconds each time.
    """

    connect: float = _defaults.CONNECT_TIMEOUT
    read: float = _defaults.READ_TIMEOUT
    write: float = _defaults.WRITE_TIMEOUT
    pool: float = _defaults.POOL_TIMEOUT
    total: float = _defaults.TOTAL_TIMEOUT
    store: float = _defaults.STORE_TIMEOUT

    def __attrs_post_init__(self) -> None:
        for name in ("connect", "read", "write", "pool", "total", "store"):
            seconds = getattr(self, name)
            if (
                not isinstance(seconds, int | float)
                or isinstance(seconds, bool)
                or not 0 < seconds < float("inf")
            ):
                raise ConfigurationError(
                    f"Timeout({name}=...) must be a finite number of seconds above 0, not {seconds!r}"
                )

    def within(self, remaining: float) -> Timeout:
        """A copy in which no part of an exchange may take longer than `remaining` seconds."""
        if remaining >= max(self.connect, self.read, self.write, self.pool):
            return self
        bound = max(remaining, 0.001)
        return attrs.evolve(
            self,
            connect=min(self.connect, bound),
            read=min(self.read, bound),
            write=min(self.write, bound),
            pool=min(self.pool, bound),
        )
