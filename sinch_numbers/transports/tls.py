"""The TLS context of the transports."""

from __future__ import annotations

import os
import ssl
from functools import cache


@cache
def client_context(verify: ssl.SSLContext | bool) -> ssl.SSLContext:
    """`verify` if it is a context; otherwise one that trusts the authorities of certifi, or any server if it is False.

    `SSL_CERT_FILE` and `SSL_CERT_DIR` name other authorities. Loading them takes about 20 ms: once for all connections.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not verify:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    file, directory = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or directory:
        return ssl.create_default_context(cafile=file or None, capath=directory or None)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
