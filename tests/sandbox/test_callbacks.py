"""The sandbox sends signed callbacks, retries them, and has them go wrong on request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import attrs
import pytest

from sinch_numbers import NumberEvent, NumbersClient, sms, voice
from sinch_numbers.sandbox import Sandbox, SandboxOptions
from sinch_numbers.webhooks import Delivery, WebhookInbox, unwrap, verify

from .driver import Api
from .test_control import control

NUMBER = "+12025550134"


@attrs.define
class Receiver:
    """A receiver of callbacks on loopback, which responds as told."""

    url: str = ""
    statuses: list[int] = attrs.field(factory=list[int])
    bodies: list[bytes] = attrs.field(factory=list[bytes])
    signatures: list[str] = attrs.field(factory=list[str])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
                headers = {name.lower(): value.decode() for name, value in fields.items()}
                body = await reader.readexactly(int(headers[b"content-length"]))
                self.bodies.append(body)
                self.signatures.append(headers[b"x-sinch-signature"])
                status = self.statuses.pop(0) if self.statuses else 200
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncGenerator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/numbers"
    try:
        yield receiver
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def receiver(sandbox: Sandbox) -> AsyncGenerator[Receiver]:
    async with receiving() as receiver:
        yield receiver
        await sandbox.callbacks.aclose()


async def linked(client: NumbersClient, url: str, number: str = NUMBER) -> None:
    await client.available_numbers.rent(number, voice_configuration=voice.rtc("app"), callback_url=url)


async def test_a_step_of_provisioning_is_told_to_the_numbers_callback_url(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    async with sandbox.client() as client:
        await client.available_numbers.rent(
            NUMBER,
            voice_configuration=voice.rtc("app"),
            sms_configuration=sms.link("plan", "campaign"),
            callback_url=receiver.url,
        )
        assert len(sandbox.callbacks) == 0
        sandbox.clock.advance(10)
        await sandbox.callbacks.delivered()
        sandbox.clock.advance(60)
        await sandbox.callbacks.delivered()
        await client.active_numbers.unlink_sms(NUMBER)
        sandbox.clock.advance(70)
        await sandbox.callbacks.delivered()
    events = [unwrap(body, {"x-sinch-signature": signature}, sandbox.hmac_secret())
              for body, signature in zip(receiver.bodies, receiver.signatures, strict=True)]  # fmt: skip
    assert sorted(str(event.event_type) for event in events) == [
        "DEPROVISIONING_FROM_CAMPAIGN",
        "DEPROVISIONING_FROM_SMS_PLATFORM",
        "PROVISIONING_TO_CAMPAIGN",
        "PROVISIONING_TO_SMS_PLATFORM",
        "PROVISIONING_TO_VOICE_PLATFORM",
    ]
    assert {event.resource_id for event in events} == {NUMBER}
    assert {event.status for event in events} == {"SUCCEEDED"}
    assert {event.project_id for event in events} == {"sandbox-project"}
    assert len({event.event_id for event in events}) == 5
    assert all(isinstance(event.timestamp, datetime) for event in events)
    assert [(sent.status, sent.attempt, sent.url) for sent in sandbox.callbacks] == [
        (200, 1, receiver.url)
    ] * 5


async def test_a_failure_is_told_with_its_code(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fail_provisioning(what="voice")
    async with sandbox.client() as client:
        await linked(client, receiver.url)
        sandbox.clock.advance(10)
        await sandbox.callbacks.delivered()
    [body] = receiver.bodies
    event = json.loads(body)
    assert (event["status"], event["failureCode"], event["internalFailureCode"]) == (
        "FAILED",
        "PROVISIONING_TO_VOICE_PLATFORM_FAILED",
        "CRS0018",
    )


async def test_what_is_not_accepted_is_sent_again_with_growing_pauses(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.statuses = [503, 500, 404]
    async with sandbox.client() as client:
        await linked(client, receiver.url)
        sandbox.clock.advance(10)
        for pause in (0, 5, 10, 20, 40):
            sandbox.clock.advance(pause)
            await sandbox.callbacks.delivered()
    assert [(sent.attempt, sent.status) for sent in sandbox.callbacks] == [
        (1, 503),
        (2, 500),
        (3, 404),
        (4, 200),
    ]
    assert len(set(receiver.bodies)) == 1


async def test_a_receiver_that_is_not_there_is_an_error_and_tried_again(sandbox: Sandbox) -> None:
    async with receiving() as receiver:
        url = receiver.url
    async with sandbox.client() as client:
        await linked(client, url)
        sandbox.clock.advance(10)
        await sandbox.callbacks.delivered()
        sandbox.clock.advance(5)
        await sandbox.callbacks.delivered()
    assert [(sent.status, "Connect" in sent.error) for sent in sandbox.callbacks] == [(None, True)] * 2
    await sandbox.callbacks.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/numbers",
        "http://169.254.169.254/",
        "ftp://localhost/",
        "nonsense",
        "http://[::2]/",
    ],
)
async def test_callbacks_go_to_this_machine_only(sandbox: Sandbox, url: str) -> None:
    async with sandbox.client() as client:
        await linked(client, url)
        sandbox.clock.advance(10_000)
        await sandbox.callbacks.delivered()
    [sent] = sandbox.callbacks
    assert sent.status is None
    assert sent.error.startswith("not sent: callbacks go to this machine only")


async def test_an_option_allows_other_hosts(receiver: Receiver) -> None:
    options = SandboxOptions(callback_hosts=("receiver.test",))
    sandbox = Sandbox(options)
    async with sandbox.client() as client:
        await linked(client, "http://receiver.test:1/")
        sandbox.clock.advance(10)
        await sandbox.callbacks.delivered()
    [sent] = sandbox.callbacks
    assert "this machine only" not in sent.error
    await sandbox.callbacks.aclose()
    with pytest.raises(TypeError, match="callback_hosts"):
        options.callback_hosts = "receiver.test"  # type: ignore[assignment]


async def test_a_number_without_a_callback_url_has_no_callbacks(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_numbers.rent(NUMBER, voice_configuration=voice.rtc("app"))
        sandbox.clock.advance(10)
    assert [*sandbox.callbacks] == []


async def test_the_secret_is_that_of_the_callback_configuration_when_it_is_sent(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    async with sandbox.client() as client:
        assert (await client.callback_configuration.get()).hmac_secret == sandbox.hmac_secret()
        await linked(client, receiver.url)
        await client.callback_configuration.update(hmac_secret="rotated")
        sandbox.clock.advance(10)
        await sandbox.callbacks.delivered()
    verify(receiver.bodies[0], receiver.signatures[0], "rotated")
    assert sandbox.hmac_secret() == "rotated"


async def test_callbacks_may_be_late_repeated_wrongly_signed(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.callbacks.misbehave(late=30, repeat=3, wrong_signature=True, times=1)
    async with sandbox.client() as client:
        await linked(client, receiver.url)
        sandbox.clock.advance(39)
        await sandbox.callbacks.delivered()
        assert receiver.bodies == []
        sandbox.clock.advance(1)
        await sandbox.callbacks.delivered()
        assert len(receiver.bodies) == 3
        assert len(set(receiver.bodies)) == 1
        await client.active_numbers.update(NUMBER, voice_configuration=voice.est("trunk"))
        sandbox.clock.advance(10)
        await sandbox.callbacks.delivered()
    assert len(receiver.bodies) == 4
    verify(receiver.bodies[3], receiver.signatures[3], sandbox.hmac_secret())
    assert receiver.signatures[0] != receiver.signatures[3]


async def test_callbacks_may_come_in_another_order(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.callbacks.misbehave(reorder=True)
    async with sandbox.client() as client:
        for suffix in (30, 31, 32):
            await linked(client, receiver.url, f"+120255501{suffix}")
            sandbox.clock.advance(10)
            await sandbox.callbacks.delivered()
        sandbox.clock.advance(60)
        await sandbox.callbacks.delivered()
    numbers = [json.loads(body)["resourceId"][-2:] for body in receiver.bodies]
    assert sorted(numbers) == ["30", "31", "32"]
    assert numbers != ["30", "31", "32"]


@pytest.mark.parametrize(
    "wrong",
    [{"late": -1}, {"late": float("nan")}, {"late": 1e8}, {"repeat": -1}, {"repeat": 101}, {"times": -1}],
)
def test_a_misbehavior_that_makes_no_sense_is_refused(sandbox: Sandbox, wrong: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        sandbox.callbacks.misbehave(**wrong)


async def test_a_callback_may_come_before_the_response_of_the_call_that_caused_it(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.faults.add("callback_first", operation="RentNumber")
    async with sandbox.client() as client:
        renting = asyncio.ensure_future(
            client.available_numbers.rent(
                NUMBER, voice_configuration=voice.rtc("app"), callback_url=receiver.url
            )
        )
        while not receiver.bodies:
            assert not renting.done()
            await asyncio.sleep(0)
        number = await renting
        assert voice.pending(number) is not None  # the response was made before
        assert voice.current(await client.active_numbers.get(NUMBER)) is not None


async def test_the_clock_may_be_advanced_outside_the_event_loop(sandbox: Sandbox, receiver: Receiver) -> None:
    async with sandbox.client() as client:
        await linked(client, receiver.url)
        await asyncio.to_thread(sandbox.clock.advance, 10)
        await client.available_regions.list()
        await sandbox.callbacks.delivered()
    assert len(receiver.bodies) == 1


async def test_an_inbox_in_process_gets_callbacks_without_a_socket_on_the_sandboxs_clock(
    sandbox: Sandbox,
) -> None:
    inbox = WebhookInbox(sandbox.hmac_secret())
    events: list[NumberEvent] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        events.append(event)

    sandbox.deliver_to(inbox)
    async with sandbox.client() as client, inbox:
        await linked(client, "https://example.com/numbers")
        number = await client.active_numbers.wait_until_provisioned(NUMBER, inbox=inbox)
        assert voice.current(number) is not None
        await sandbox.callbacks.delivered()
        while await inbox.pending():
            await asyncio.sleep(0)
    assert [(event.resource_id, event.status) for event in events] == [(NUMBER, "SUCCEEDED")]
    assert [sent.status for sent in sandbox.callbacks] == [200]


async def test_the_control_api_shows_and_scripts_callbacks(
    sandbox: Sandbox, receiver: Receiver, api: Api
) -> None:
    async with sandbox.serve() as url:
        async with NumbersClient(
            project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, clock=sandbox.clock
        ) as client:
            scripted = await control(
                api, "POST", "callbacks", {"repeat": 2, "wrongSignature": True, "times": 1}
            )
            assert scripted.status == 201
            await linked(client, receiver.url)
            sandbox.clock.advance(10)
            await sandbox.callbacks.delivered()
        listed = (await control(api, "GET", "callbacks")).body["callbacks"]
        assert [(entry["phoneNumber"], entry["status"]) for entry in listed] == [(NUMBER, 200)] * 2
        assert listed[0]["body"].encode() == receiver.bodies[0]
        assert (await control(api, "POST", "callbacks", {"late": -1})).status == 400
        assert (await control(api, "DELETE", "callbacks")).status == 200
        await control(api, "POST", "reset", {})
        assert (await control(api, "GET", "callbacks")).body == {"callbacks": []}
