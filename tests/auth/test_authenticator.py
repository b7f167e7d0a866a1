"""The option `auth`: which authenticator it chooses, and which key it needs."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import ConfigurationError
from sinch_numbers._redaction import Secret
from sinch_numbers._sending.credentials import Authenticator
from sinch_numbers.auth import authenticator
from sinch_numbers.auth.schemes import BasicAuth, BearerAuth

from ..support import BASIC, KEY_ID, KEY_SECRET, TOKEN


def chosen(
    auth: Any, key_id: str = KEY_ID, key_secret: str = KEY_SECRET
) -> tuple[Authenticator, list[BasicAuth]]:
    """The authenticator, and the keys that a token cache was made for."""
    keys: list[BasicAuth] = []

    def oauth2(key: BasicAuth) -> Authenticator:
        keys.append(key)
        return key

    return authenticator(auth, key_id, Secret(key_secret), oauth2), keys


async def test_basic_is_the_key_itself() -> None:
    basic, keys = chosen("basic")

    assert (await basic.credentials()).reveal() == f"Basic {BASIC}"
    assert keys == []


async def test_oauth2_is_a_token_cache_for_the_key() -> None:
    cache, keys = chosen("oauth2")

    assert keys == [cache]
    assert (await keys[0].credentials()).reveal() == f"Basic {BASIC}"


async def test_a_function_needs_no_key() -> None:
    bearer, keys = chosen(lambda: TOKEN, key_id="", key_secret="")

    assert isinstance(bearer, BearerAuth)
    assert (await bearer.credentials()).reveal() == f"Bearer {TOKEN}"
    assert keys == []


@pytest.mark.parametrize("auth", ["basic", "oauth2"])
@pytest.mark.parametrize("missing", ["key_id", "key_secret"])
def test_basic_and_oauth2_need_a_key(auth: str, missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{missing} "):
        chosen(auth, **{missing: " "})


@pytest.mark.parametrize("auth", ["", "digest", "OAUTH2"])
def test_an_unknown_word_is_a_configuration_error(auth: str) -> None:
    with pytest.raises(ConfigurationError, match="auth"):
        chosen(auth)
