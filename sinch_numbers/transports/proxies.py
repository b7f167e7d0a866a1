"""The proxy of the environment: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and the like, and the settings of macOS and Windows."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from .._validation import is_loopback


def environment_proxy(scheme: str, host: str, authority: str) -> str | None:
    """The URL of the proxy for a URL, or None. `authority` is the host with its port."""
    if is_loopback(host):
        return None  # a proxy cannot reach our loopback
    proxies = getproxies()
    # An entry of NO_PROXY may have a port.
    if not proxies or proxy_bypass(host) or proxy_bypass(authority):
        return None
    proxy = proxies.get(scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
