"""Authentication: OAuth2 client credentials with a token cache, Basic, or tokens that the user provides. Internal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from .._redaction import Secret
from .._sending.credentials import Authenticator
from .._validation import check_secret, check_text
from ..errors import ConfigurationError
from .schemes import BasicAuth, BearerAuth, TokenFunction, TokenProvider, token_provider


def authenticator(
    auth: Literal["oauth2", "basic"] | TokenProvider | TokenFunction,
    key_id: str,
    key_secret: Secret,
    oauth2: Callable[[BasicAuth], Authenticator],
) -> Authenticator:
    """The authenticator for the option `auth`. `oauth2` creates a token cache for a key.

    Raises ConfigurationError if `auth` is not valid, or if its key is missing.
    """
    if not isinstance(auth, str):
        return BearerAuth(token_provider(auth))
    if auth not in {"oauth2", "basic"}:
        raise ConfigurationError(
            f"auth must be 'oauth2', 'basic', a token provider or a function that returns a token, not {auth!r}"
        )
    check_text("key_id", key_id)
    basic = BasicAuth(key_id, check_secret("key_secret", key_secret))
    return basic if auth == "basic" else oauth2(basic)
