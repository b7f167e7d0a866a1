"""How a call authenticates: OAuth2 client credentials with a token cache, Basic, or tokens of the user's own. Internal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from .._redaction import Secret
from .._sending.credentials import Authenticator
from .._validation import check_secret, check_text
from ..errors import ConfigurationError
from .schemes import BasicAuth, BearerAuth, TokenProvider

__all__ = ["authenticator"]


def authenticator(
    auth: Literal["oauth2", "basic"] | TokenProvider,
    key_id: str,
    key_secret: Secret,
    oauth2: Callable[[BasicAuth], Authenticator],
) -> Authenticator:
    """What the option `auth` asks for; `oauth2` makes a token cache for a key.

    Raises ConfigurationError if `auth` is none of the three, or if its key is missing.
    """
    if not isinstance(auth, str):
        return BearerAuth(auth)
    if auth not in {"oauth2", "basic"}:
        raise ConfigurationError(f"auth has to be 'oauth2', 'basic' or a token provider, not {auth!r}")
    check_text("key_id", key_id)
    basic = BasicAuth(key_id, check_secret("key_secret", key_secret))
    return basic if auth == "basic" else oauth2(basic)
