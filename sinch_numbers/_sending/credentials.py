"""What the pipeline needs from authentication."""

from __future__ import annotations

from typing import Protocol

from .._redaction import Secret


class Authenticator(Protocol):
    """Supplies the `Authorization` header of each exchange."""

    def ready(self) -> Secret | None:
        """The same at once, or None if `credentials` has to be awaited."""
        ...

    async def credentials(self) -> Secret:
        """The value of the `Authorization` header."""
        ...

    async def renew(self, rejected: Secret) -> bool:
        """Called after a 401. Returns whether the next attempt will have credentials other than `rejected`."""
        ...

    def accepted(self) -> None:
        """Called when the API accepted the credentials, whatever the status."""
        ...
