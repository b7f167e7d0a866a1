"""The project's callback configuration: the secret that signs callbacks."""

from __future__ import annotations

from .._generated.api.numbers_callbacks import get_callback_configuration, update_callback_configuration
from .._generated.models import UpdateCallbackConfigurationRequest
from .._redaction import Secret
from .._sending.context import Context
from .._sending.expected import Parse, expect_configuration
from .._sending.requests import build
from .._validation import check_secret
from ..models import CallbackConfiguration


class CallbackConfigurations:
    """`client.callback_configuration`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get(self) -> CallbackConfiguration:
        """The current configuration. Its repr does not show the `hmac_secret`."""
        request = build(get_callback_configuration.build_request, project_id=self._context.project_id)
        return await self._context.call(request, get_callback_configuration.SAFETY, self._parse())

    async def update(self, *, hmac_secret: str) -> CallbackConfiguration:
        """The configuration with its new secret, which signs callbacks from now on.

        The API checks the secret, not the client: its rules have changed before.
        """
        secret = Secret(hmac_secret)
        del hmac_secret  # tracebacks show the locals of a frame
        check_secret("hmac_secret", secret)
        request = build(
            update_callback_configuration.build_request,
            project_id=self._context.project_id,
            body=UpdateCallbackConfigurationRequest(hmac_secret=secret.reveal()),
        )
        return await self._context.call(request, update_callback_configuration.SAFETY, self._parse())

    def _parse(self) -> Parse[CallbackConfiguration]:
        return expect_configuration(CallbackConfiguration.from_dict, self._context.project_id)
