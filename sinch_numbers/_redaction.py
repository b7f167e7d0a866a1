"""What may be shown of an exchange: headers known to be safe, and texts without secrets, control characters or excess length.

All work on a foreign text is linear in its length, and on a bounded part of it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, ItemsView, Iterable, Iterator, KeysView, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast
from urllib.parse import quote, quote_plus

from . import _defaults

MASK = "***"

_SAFE_HEADERS = frozenset(
    {
        "allow",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "retry-after",
        "server",
        "traceparent",
        "user-agent",
        "via",
        "www-authenticate",
        "x-envoy-ratelimited",
        "x-request-id",
    }
)

_SHORTEST_SECRET = 6
"""Characters. A shorter secret is masked only where it is a whole string: elsewhere it would match by accident."""
_MARGIN = 64
"""Characters at the end of a text that was cut: they may be the beginning of a secret, and are not shown."""
_LARGEST_DOCUMENT = 2**20
"""Bytes of the largest body that is read as JSON. Of a larger one, only the text at its beginning is shown."""

_MARKS = ("secret", "token", "password", "assertion", "authorization", "basic", "bearer")
_SECRET_NAME = re.compile("secret|token|password|assertion|authorization", re.IGNORECASE)
# Names of headers that authenticate. Their values are secrets, whatever they are.
_SECRET_HEADER = re.compile("auth|cookie|key|password|secret|session|signature|token", re.IGNORECASE)

# A value under a name like that of a secret, in a text that need not be valid JSON, or in several notations. The quantifiers
# are possessive or bounded, so that the search is linear.
_SECRET_VALUE = re.compile(
    r"""
    (?P<name>(?:secret|token|password|assertion|authorization)[\w.-]{0,64}+)
    (?: (?P<json>\\*+["']\s{0,20}+:\s{0,20}+)                       # "name": value
        (?! null | true | false)
        (?: (?P<quote>["']) (?:[^"'\\]|\\.|(?!(?P=quote))["'])*+    # a string, to its end
          | (?P<escaped>\\++["']) (?:[^"'\\]|\\{2,}+["']|\\++(?!["']))*+   # the same in a string that contains JSON
          | [\[{] .*+                                              # a list or an object: everything after it
          | [^\s,}\]]++ )
      | (?P<form>\s{0,4}+(?:=|%3D)\s{0,4}+) (?P<open>["']?+) [^\s&;,"'<>]++    # name=value
      | (?P<tag>>) [^<]++ )                                       # <name>value</name>
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_CREDENTIALS = re.compile(
    r"\b(?P<scheme>Basic|Bearer)(?P<gap>\s{1,4}+)[\w.~+/-]{16,}+(?!=[\"'])=*+", re.IGNORECASE
)


class Secret:
    """A string that its repr and format do not reveal. It cannot be pickled or copied, nor can what holds it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def is_text(self) -> bool:
        """Whether it is a string that is not blank."""
        return isinstance(self._value, str) and bool(self._value.strip())

    def __repr__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied")


class RequestHeaders(dict[str, str]):
    """The headers of a request, with a repr that is safe to show."""

    def __repr__(self) -> str:
        return repr(redact_headers(self))


# Debuggers and error trackers print local variables. Of any Mapping, they print the values, whatever its repr. So what a
# user passes to a client is kept in something that is not one, except for type checkers.
if TYPE_CHECKING:
    _StrMapping = Mapping[str, str]
    _AnyDict = dict[str, Any]
else:
    _StrMapping = _AnyDict = object


class Headers(_StrMapping):
    """A client's headers. The repr is safe to show."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __getitem__(self, name: str) -> str:
        return self._headers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)

    def keys(self) -> KeysView[str]:
        return self._headers.keys()

    def items(self) -> ItemsView[str, str]:
        return self._headers.items()

    def __repr__(self) -> str:
        return repr(redact_headers(self))


class Options(_AnyDict):
    """A client's options. The repr shows only their names."""

    def __init__(self, *options: Mapping[str, Any], **more: Any) -> None:
        self._options = dict(*options, **more)

    def __getitem__(self, name: str) -> Any:
        return self._options[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._options[name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def keys(self) -> Any:
        return self._options.keys()

    def get(self, name: str, default: Any = None) -> Any:
        return self._options.get(name, default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        return self._options.setdefault(name, default)

    def __repr__(self) -> str:
        return repr(dict.fromkeys(self, MASK))


def plain(text: str, limit: int = _defaults.TEXT_LIMIT) -> str:
    """A foreign text as one line of at most `limit` printable characters, fit for logs, terminals and messages."""
    shown = text[:limit]
    if not shown.isprintable():
        shown = "".join(
            each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in shown
        )
    return shown if len(text) <= limit and len(shown) <= limit else shown[: limit - 1] + "…"


def redact_headers(headers: Mapping[str, str], secrets: Collection[Secret] = ()) -> dict[str, str]:
    """The headers, with all values masked except the known-safe ones. In those, `secrets` are masked."""
    mask = Redaction(secrets)
    return {
        name: plain(mask.text(value), 1_000) if name.lower() in _SAFE_HEADERS else MASK
        for name, value in headers.items()
    }


class Redaction:
    """Masks `secrets` in all notations in which a response may echo them, and values under names like that of a secret."""

    def __init__(self, secrets: Collection[Secret] = ()) -> None:
        known = {secret.reveal() for secret in secrets if secret}
        self._exact = known
        notations = {
            form for secret in known if len(secret) >= _SHORTEST_SECRET for form in _notations(secret)
        }
        # The longest first: one secret may be a part of another.
        self._notations = sorted(notations, key=len, reverse=True)
        self._changed = False

    def text(self, text: str) -> str:
        """`text` with its secrets masked."""
        return MASK if text in self._exact else self._searched(text)

    def _searched(self, text: str) -> str:
        if len(text) < _SHORTEST_SECRET:
            return text
        for secret in self._notations:
            text = text.replace(secret, MASK)
        lower = text.lower()
        if any(mark in lower for mark in _MARKS):  # much faster than the search for the patterns
            text = _CREDENTIALS.sub(_masked_credentials, _SECRET_VALUE.sub(_masked_value, text))
        return text

    def body(self, content: bytes) -> tuple[bytes, dict[str, Any] | None]:
        """What may be shown of a body, cut at `BODY_LIMIT`, and the JSON object in it, if it has one."""
        limit = _defaults.BODY_LIMIT
        document: Any = None
        if len(content) <= _LARGEST_DOCUMENT:
            try:
                self._changed = False
                document = self._value(self._read(content))
            except (ValueError, RecursionError):
                document = None
        if document is None:
            return self._beginning(content, limit), None
        if self._changed:
            content = json.dumps(document).encode()
        return content[:limit], cast("dict[str, Any]", document) if isinstance(document, dict) else None

    def _beginning(self, content: bytes, limit: int) -> bytes:
        """The text at the beginning of a body that is not JSON, or too large."""
        margin = max([_MARGIN, *(len(secret.encode("utf-8", "replace")) for secret in self._notations)])
        # Without the zeros of UTF-16, which would hide a secret.
        text = content[: limit + margin].replace(b"\0", b"").decode("utf-8", "surrogateescape")
        shown = self.text(text)
        if len(content) > limit + margin:
            # Its end may be the beginning of a secret, which was not recognised.
            shown = shown[:-margin]
        return shown.encode("utf-8", "surrogateescape")[:limit]

    def _read(self, content: bytes) -> Any:
        number = self._number
        return json.loads(
            content,
            object_pairs_hook=self._object,
            parse_int=number,
            parse_float=number,
            parse_constant=number,
        )

    def _number(self, text: str) -> Any:
        if self._searched(text) != text:
            self._changed = True
            return MASK
        return int(text) if text.lstrip("-").isdigit() else float(text)

    def _object(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        # Called for every object, so also for one that a later member of the same name replaces.
        shown: dict[str, Any] = {}
        for name, value in members:
            if _SECRET_NAME.search(name) and value not in (None, "", True, False):
                value = MASK
                self._changed = True
            shown_name = self._searched(name)
            self._changed = self._changed or shown_name != name
            shown[shown_name] = self._value(value)
        return shown

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._string(value)
        if isinstance(value, list):
            return [self._value(item) for item in cast("list[object]", value)]
        return value  # an object was redacted when it was read

    def _string(self, text: str) -> str:
        shown = self.text(text)
        if shown != text:
            self._changed = True
        return shown


def secrets_of(
    known: tuple[Secret, ...], credentials: Secret, body: bytes | None, headers: Mapping[str, str]
) -> tuple[Secret, ...]:
    """What a response could echo: `known` secrets, and those of its request.

    The latter are the credentials without their scheme, the secret members of the body, and the user's headers that
    authenticate.
    """
    found = [Secret(credentials.reveal().partition(" ")[2])]
    found += [Secret(value) for name, value in headers.items() if _SECRET_HEADER.search(name)]
    if body is not None and body.startswith(b"{"):
        found += map(Secret, _secret_members(json.loads(body)))  # JSON that we wrote
    return (*known, *found)


def _secret_members(value: Any, *, secret: bool = False) -> Iterable[str]:
    if isinstance(value, dict):
        for name, member in cast("dict[str, Any]", value).items():
            yield from _secret_members(member, secret=secret or _SECRET_NAME.search(name) is not None)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _secret_members(item, secret=secret)
    elif secret and isinstance(value, str):
        yield value


def _notations(secret: str) -> set[str]:
    """`secret` as itself, and as JSON, JSON in JSON, URLs and HTML would write it."""
    safe = secret.encode("utf-8", "replace").decode()
    once = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    once |= {form.replace("/", "\\/") for form in once}
    twice = {json.dumps(form)[1:-1] for form in once}
    encoded = {quote(safe, safe=""), quote(safe), quote_plus(safe)}
    encoded |= {re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), form) for form in encoded}
    return {secret, *once, *twice, *encoded, html.escape(secret)}


def _masked_value(match: re.Match[str]) -> str:
    groups = match.groupdict(default="")
    opening = groups["json"] or groups["form"] or groups["tag"]
    return groups["name"] + opening + (groups["quote"] or groups["escaped"] or groups["open"]) + MASK


def _masked_credentials(match: re.Match[str]) -> str:
    return match["scheme"] + match["gap"] + MASK
