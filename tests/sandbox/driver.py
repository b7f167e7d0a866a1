"""Sends HTTP requests to a sandbox, so that its tests see what a client sees."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import attrs

from sinch_numbers import HttpRequest, Timeout
from sinch_numbers.sandbox import Sandbox

NUMBER = "+12025550134"
US_LOCAL = "regionCode=US&type=LOCAL"
PLAN_AND_CAMPAIGN = {"smsConfiguration": {"servicePlanId": "plan", "campaignId": "campaign"}}


def basic(key_id: str = "key", key_secret: str = "secret") -> str:
    return "Basic " + base64.b64encode(f"{key_id}:{key_secret}".encode()).decode()


def phones(numbers: list[dict[str, Any]]) -> list[str]:
    return [number["phoneNumber"] for number in numbers]


@attrs.frozen
class Response:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def violation(self) -> tuple[str, str]:
        """The field and the description of a 400's only violation."""
        assert (self.status, self.body["error"]["message"]) == (400, "")
        [detail] = self.body["error"]["details"]
        [violation] = detail["fieldViolations"]
        assert detail["type"] == "BadRequest"
        return violation["field"], violation["description"]


class Api:
    """One project's view of a sandbox, in process, with Basic credentials."""

    def __init__(self, sandbox: Sandbox, project: str = "project-1") -> None:
        self.sandbox = sandbox
        self.project = project
        self.transport = sandbox.transport()
        self.timeout = Timeout()

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Response:
        """Sends one request. A path without a leading slash is relative to the project."""
        url = f"https://localhost{path if path.startswith('/') else f'/v1/projects/{self.project}/{path}'}"
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        sent = {
            "Authorization": basic(),
            **({"Content-Type": "application/json"} if content else {}),
            **(headers or {}),
        }
        request = HttpRequest(method=method, url=url, headers=sent, content=content, timeout=self.timeout)
        response = await self.transport.send(request)
        return Response(response.status_code, response.headers, response.content)

    async def get(self, path: str) -> Response:
        return await self.call("GET", path)

    async def search(self, query: str = US_LOCAL) -> list[dict[str, Any]]:
        """The available numbers that match the query."""
        response = await self.get(f"availableNumbers?{query}")
        assert response.status == 200
        found: list[dict[str, Any]] = response.body["availableNumbers"]
        return found

    async def rent(self, number: str = NUMBER, body: Any = None) -> Response:
        return await self.call("POST", f"availableNumbers/{number}:rent", {} if body is None else body)

    async def rent_any(self, **body: Any) -> Response:
        return await self.call("POST", "availableNumbers:rentAny", body)

    async def number(self, number: str = NUMBER) -> Any:
        """The active number, which must exist."""
        response = await self.get(f"activeNumbers/{number}")
        assert response.status == 200
        return response.body

    async def patch(self, body: Any, number: str = NUMBER) -> Response:
        return await self.call("PATCH", f"activeNumbers/{number}", body)

    async def release(self, number: str = NUMBER) -> Response:
        return await self.call("POST", f"activeNumbers/{number}:release")

    async def listed(self, query: str = "") -> Any:
        """A page of active US LOCAL numbers."""
        response = await self.get(f"activeNumbers?regionCode=US&type=LOCAL{query}")
        assert response.status == 200
        return response.body

    async def token(self, authorization: str | None = None, **headers: str) -> Response:
        form = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": authorization or basic(),
            **headers,
        }
        return await self.call("POST", "/oauth2/token", headers=form, raw=b"grant_type=client_credentials")
