"""How long each part of a call may take."""

from __future__ import annotations

import attrs

from . import _defaults
from .errors import ConfigurationError


@attrs.frozen(kw_only=True)
class Timeout:
    """How long each part of a call may take, in seconds. All are finite.

    `connect`, `read`, `write` and `pool` bound one exchange; `total` bounds the whole call, retries included; `store`
    bounds a call of the token store, without which a token is requested. A purchase or release without a clear response
    takes longer than `total`: the API is asked what became of it, for up to `RECONCILE_PATIENCE`.
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
                    f"Timeout({name}=...) has to be a finite number of seconds above 0, not {seconds!r}"
                )

    def within(self, remaining: float) -> Timeout:
        """The same timeout with no part longer than `remaining` seconds."""
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
