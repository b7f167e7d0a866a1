"""Authentication on the server's side: issues access tokens and checks credentials, with the four forms of a 401."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import NoReturn
from urllib.parse import parse_qs

from .api_errors import ApiError, envelope
from .calls import Call
from .clock import VirtualClock, utc
from .options import SandboxOptions
from .responses import Response, json_response, timestamp

_BUCKET = 30
_REFILL = 10.0
# Tolerance for float rounding, in seconds.
_INSTANT = 0.000001
_PROBLEM = {
    "type": "https://developers.sinch.com/docs/errors/registry/access-token-expired",
    "title": "Token expired",
    "detail": "The access token has expired. Request a new one.",
}


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None


class TokenServer:
    """Issues access tokens, which expire on the virtual clock, and checks the credentials of every call."""

    def __init__(self, seed: int, clock: VirtualClock, options: SandboxOptions) -> None:
        self.issued: int = 0
        self._seed = seed
        self._clock = clock
        self._options = options
        self._expiry: dict[str, float] = {}
        self._bucket = float(_BUCKET)
        self._filled = clock.time()

    def issue(self, call: Call) -> Response:
        """The token endpoint's response. Raises ApiError with an OAuth error or an empty 429."""
        if self._options.token_rate_limit and not self._take_from_bucket():
            raise ApiError(Response(429, b"", {"x-envoy-ratelimited": "true"}))
        credentials = _basic(call.headers.get("authorization", ""))
        if credentials is None or not self._known(*credentials):
            raise _oauth_error(
                401, "invalid_client", "Client authentication failed", "Check the key and its secret."
            )
        media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/x-www-form-urlencoded":
            hint = "Send the content type application/x-www-form-urlencoded."
            raise _oauth_error(400, "invalid_request", "The request is missing a form body", hint)
        grant_type = parse_qs(call.content.decode("utf-8", "replace")).get("grant_type", [""])[0]
        if grant_type != "client_credentials":
            hint = "Send grant_type=client_credentials."
            raise _oauth_error(400, "unsupported_grant_type", "The grant type is not supported", hint)
        token = self._mint(credentials[0])
        body = {
            "access_token": token,
            "expires_in": self._options.token_lifetime,
            "scope": "",
            "token_type": "bearer",
        }
        return json_response(body, headers={"cache-control": "no-store", "pragma": "no-cache"})

    def check(self, call: Call) -> None:
        """Raises ApiError 401 or 403 if the call is not allowed."""
        authorization = call.headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            expiry = self._expiry.get(token.strip())
            if expiry is None or expiry - self._clock.time() < _INSTANT:
                self._refuse(self._clock.time() if expiry is None else expiry)
        else:
            credentials = _basic(authorization)
            if credentials is None or not self._known(*credentials):
                raise envelope(
                    401, "Invalid or missing credentials", headers={"www-authenticate": "Bearer, Basic"}
                )
        # The callback configuration returns its own 404 for an unknown project.
        foreign = self._options.project_id not in (None, call.project_id)
        if foreign and "CallbackConfiguration" not in call.operation:
            raise envelope(403)

    def revoke(self, form: int) -> None:
        """Revokes all tokens; 401s take `form` from now on. Raises ValueError if it is not 1, 2, 3 or 4."""
        self._options.unauthorized_form = form
        now = self._clock.time()
        self._expiry = {token: min(expiry, now) for token, expiry in self._expiry.items()}

    def _known(self, key_id: str, key_secret: str) -> bool:
        if not key_id or not key_secret:
            return False
        return self._options.key_id in (None, key_id) and self._options.key_secret in (None, key_secret)

    def _mint(self, key_id: str) -> str:
        self.issued += 1
        now = int(self._clock.time())
        expires = now + self._options.token_lifetime
        header = {"alg": "RS256", "kid": "sandbox", "typ": "JWT"}
        claims = {
            "iss": "https://auth.sinch.com/",
            "sub": key_id,
            "iat": now,
            "exp": expires,
            "jti": f"{self.issued}",
        }
        signed = ".".join(
            _unpadded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims)
        )
        # Not a real signature: it only has the length and the look of one.
        signature = hashlib.shake_256(f"{self._seed}.{signed}".encode()).digest(256)
        token = f"{signed}.{_unpadded(signature)}"
        self._expiry[token] = self._clock.time() + self._options.token_lifetime
        return token

    def _take_from_bucket(self) -> bool:
        now = self._clock.time()
        self._bucket = min(_BUCKET, self._bucket + (now - self._filled) * _REFILL)
        self._filled = now
        if self._bucket < 1 - _INSTANT:
            return False
        self._bucket -= 1
        return True

    def _refuse(self, expired: float) -> NoReturn:
        match self._options.unauthorized_form:
            case 1:
                moment = timestamp(utc(int(expired)))
                description = f'error_description="Jwt expired at {moment}"'
                uri = 'error_uri="https://developers.sinch.com/docs/errors"'
                challenge = f'Bearer error="invalid_token", {description}, {uri}'
                raise envelope(401, "Jwt is expired", headers={"www-authenticate": challenge})
            case 2:
                challenge = 'Bearer realm="proxy", error="expired"'
                raise envelope(401, "Unauthorized", headers={"www-authenticate": challenge})
            case 3:
                raise envelope(401, "Unauthorized")
            case _:
                headers = {"www-authenticate": 'Basic realm="Realm"'}
                problem = json_response(
                    _PROBLEM, status=401, headers=headers, media_type="application/problem+json"
                )
                raise ApiError(problem)


def _oauth_error(status: int, error: str, description: str, hint: str) -> ApiError:
    body = {
        "error": error,
        "error_description": description,
        "error_verbose": description,
        "error_hint": hint,
        "status_code": status,
    }
    headers = {"www-authenticate": 'Basic realm="sandbox"'} if status == 401 else {}
    return ApiError(json_response(body, status=status, headers=headers))
