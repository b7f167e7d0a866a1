from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from sinch_numbers.transports.tls import client_context

from .servers import CA


def test_a_context_of_the_user_is_used_as_it_is() -> None:
    context = ssl.create_default_context()

    assert client_context(context) is context


def test_without_verification_any_server_is_trusted() -> None:
    context = client_context(False)

    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname


def test_by_default_the_authorities_of_certifi_are_trusted_and_loaded_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client_context.cache_clear()
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    context = client_context(True)

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) > 50
    assert client_context(True) is context
    client_context.cache_clear()


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_the_environment_names_other_authorities(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    client_context.cache_clear()
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    CA.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv(variable, str(tmp_path if variable.endswith("DIR") else tmp_path / "ca.pem"))
    context = client_context(True)
    client_context.cache_clear()

    # Those of a directory are loaded when they are needed.
    assert len(context.get_ca_certs()) == (1 if variable.endswith("FILE") else 0)
