"""A tour of the SDK against the sandbox: rent, fail, recover, configure, list and release numbers, and see what it cost.

    python -m sinch_numbers.sandbox --demo

It needs no account, and no network but this machine. Its code is meant to be read, from the top.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections import Counter

from .. import (
    ActiveNumber,
    Budget,
    NotFoundError,
    NumbersClient,
    Refused,
    Rented,
    UnknownVoiceConfiguration,
    VoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
    __version__,
    sms,
    voice,
)
from .box import Sandbox

DAY = 24 * 60 * 60


# --- Nothing in this part costs money --------------------------------------------------------------


async def show_regions(client: NumbersClient) -> None:
    title("Regions with numbers to rent")
    for region in await client.available_regions.list():
        say(f"{region.region_code}  {region.region_name}", " ".join(sorted(region.types)))


async def find_number(client: NumbersClient) -> str:
    title("Search: US local numbers for SMS and voice, with prices")
    offers = await client.available_numbers.search(
        region_code="US", number_type="LOCAL", capabilities=["SMS", "VOICE"], size=5
    )
    for offer in offers:
        if (setup := offer.setup_price) and (monthly := offer.monthly_price):
            price = f"{setup.amount} to set up, {monthly.amount} {monthly.currency_code} a month"
            say(offer.phone_number, price)
    expect(bool(offers), "numbers on offer")
    return offers[0].phone_number


async def list_numbers(client: NumbersClient, *, page_size: int) -> None:
    title(f"List the numbers of the project, {page_size} on a page")
    pager = client.active_numbers.list(region_code="US", number_type="LOCAL", page_size=page_size)
    total = 0
    async for page in pager.pages():
        for number in page.items:
            say(number.phone_number, describe(voice.current(number)))
        total += len(page.items)
        note(f"{total} of {page.total_size}")
        if total >= 50:
            break


def describe(configuration: VoiceConfiguration | None) -> str:
    """The product that takes the calls. A type checker verifies that no case is missing."""
    match configuration:
        case VoiceConfigurationRTC(app_id=app):
            return f"RTC   Voice API app       {app}"
        case VoiceConfigurationEST(trunk_id=trunk):
            return f"EST   SIP trunk           {trunk}"
        case VoiceConfigurationFAX(service_id=service):
            return f"FAX   Fax API service     {service}"
        case UnknownVoiceConfiguration(type=kind):
            return f"{kind or '?':<5} newer than this SDK"
        case None:
            return "not linked"


# --- This part costs money: in the sandbox, play money ------------------------------------------------------------------


async def rent_number(client: NumbersClient, sandbox: Sandbox, phone_number: str) -> None:
    title(f"Rent {phone_number}, with a SIP trunk for voice and a plan for SMS")
    number = await client.available_numbers.rent(
        phone_number,
        voice_configuration=voice.est("trunk-berlin"),
        sms_configuration=sms.link("plan-alerts", campaign_id="campaign-7"),
    )
    say("rented, next charge", f"{number.next_charge_date:%Y-%m-%d}")
    show_state(number)
    began = sandbox.clock.monotonic()
    number = await client.active_numbers.wait_until_provisioned(phone_number)
    note(f"waited {sandbox.clock.monotonic() - began:.0f} s on the sandbox's clock")
    show_state(number)


async def survive_lost_response(client: NumbersClient, sandbox: Sandbox) -> str:
    title("Rent while the network fails: the response is lost after the sale")
    offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    phone_number = offers[0].phone_number
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    before = len(sandbox.requests)
    number = await client.available_numbers.rent(phone_number, voice_configuration=voice.rtc("app-hotline"))
    for request in sandbox.requests[before:]:
        path = request.path.partition("/projects/sandbox-project/")[2].replace("%2B", "+")
        say(f"{request.method:<5}{path:<36}", str(request.status or "connection dropped, no response"))
    charges = [charge for charge in sandbox.charges if charge.phone_number == phone_number]
    expect(number.phone_number == phone_number and len(charges) == 1, "one number, charged once")
    note("not retried blindly: the SDK asked the API for the number, found it, and paid once")
    return phone_number


async def rent_within_budget(client: NumbersClient) -> None:
    title("Rent four more at once, for at most 5.00 USD")
    budget = Budget(max_total="5.00", currency="USD")
    outcomes = await client.with_options(budget=budget).available_numbers.rent_many(
        count=4, region_code="US", number_type="LOCAL", voice_configuration=voice.fax("fax-office")
    )
    for outcome in outcomes:
        match outcome:
            case Rented(phone_number=phone_number):
                say(phone_number, "rented")
                await client.active_numbers.wait_until_provisioned(phone_number)
            case Refused(error=error):
                say("none", f"refused: {error}")
            case _:
                expect(False, f"a clear outcome, not {outcome}")
    expect(sum(isinstance(outcome, Rented) for outcome in outcomes) == 3, "three numbers for 5.00 USD")


async def switch_to_fax(client: NumbersClient, phone_number: str) -> None:
    title(f"Change {phone_number} from voice to fax")
    number = await client.active_numbers.update(
        phone_number, display_name="Fax, front office", voice_configuration=voice.fax("fax-office")
    )
    show_state(number)
    number = await client.active_numbers.wait_until_provisioned(phone_number)
    note(f"provisioned, and named {number.display_name!r}")
    show_state(number)
    expect(isinstance(voice.current(number), VoiceConfigurationFAX), "the number takes faxes")


async def unlink_and_release(client: NumbersClient, sandbox: Sandbox, phone_number: str) -> None:
    title(f"Unlink SMS from {phone_number}, then release it")
    await client.active_numbers.unlink_sms(phone_number)
    show_state(await client.active_numbers.wait_until_provisioned(phone_number))
    number = await client.active_numbers.release(phone_number)
    say("released, ours until", f"{number.expire_at:%Y-%m-%d}")
    sandbox.clock.advance(32 * DAY)
    try:
        await client.active_numbers.get(phone_number)
    except NotFoundError as error:
        say("32 days later", f"{error.status_code} {error.status}: {error.message}")
    else:
        expect(False, "no released number any more")


async def set_callback_secret(client: NumbersClient) -> None:
    title("Set the secret that signs callbacks")
    secret = secrets.token_hex(16)
    configuration = await client.callback_configuration.update(hmac_secret=secret)
    expect(secret not in repr(configuration), "a secret that no repr shows")
    say(f"{configuration.project_id}", "signs with the new secret, which no repr and no log shows")


def show_charges(sandbox: Sandbox) -> None:
    title("The charges in the sandbox: what all of this has cost")
    for charge in sandbox.charges:
        price = f"{charge.amount:>6} {charge.currency_code}"
        say(charge.phone_number, f"{charge.at:%Y-%m-%d}  {charge.reason:<8}{price}")
    say("total", f"{sum(charge.amount for charge in sandbox.charges):>26} USD")
    rents = Counter(charge.phone_number for charge in sandbox.charges if charge.reason == "rent")
    expect(len(rents) == 5 and set(rents.values()) == {1}, "five numbers, each bought once")
    note("five numbers rented, each bought once; the released one is not charged again")


def show_state(number: ActiveNumber) -> None:
    """Prints what is in force and, in brackets, what is being provisioned."""
    coming = voice.pending(number)
    say("voice", describe(voice.current(number)) + (f"  ({coming.type} pending)" if coming else ""))
    if messages := number.sms_configuration:
        job = messages.scheduled_provisioning
        linked = " ".join(filter(None, (messages.service_plan_id, messages.campaign_id))) or "not linked"
        say("sms", linked + (f"  ({job.service_plan_id or 'unlinking'} pending)" if job else ""))


# --- The tour -----------------------------------------------------------------------------------------------------


async def tour() -> None:
    began = time.monotonic()
    sandbox = Sandbox()
    async with (
        sandbox.serve() as url,
        NumbersClient(
            project_id="sandbox-project",
            key_id="any-key",
            key_secret="any-secret",  # noqa: S106 - the sandbox takes any
            base_url=url,
            auth_url=url,
            clock=sandbox.clock,  # so that waiting takes no real time
        ) as client,
    ):
        print(f"sinch-numbers {__version__} against the sandbox of the Numbers API, real HTTP on {url}")
        await show_regions(client)
        first = await find_number(client)
        await rent_number(client, sandbox, first)
        second = await survive_lost_response(client, sandbox)
        await rent_within_budget(client)
        await client.active_numbers.wait_until_provisioned(second)
        await list_numbers(client, page_size=2)
        await switch_to_fax(client, second)
        await unlink_and_release(client, sandbox, first)
        await set_callback_secret(client)
        show_charges(sandbox)
        days, seconds = divmod(sandbox.clock.monotonic(), DAY)
        print(f"\n{len(sandbox.requests)} requests, {sandbox.tokens_issued} access tokens. ", end="")
        print(
            f"{days:.0f} days and {seconds:.0f} s in the sandbox, {time.monotonic() - began:.1f} s in real time."
        )


# --- Printing ------------------------------------------------------------------------------------------------------

COLOURS = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if COLOURS else text


def title(text: str) -> None:
    print(f"\n{paint('1', text)}")


def say(label: str, text: str) -> None:
    print(f"   {paint('36', f'{label:<20}')}  {text}")


def note(text: str) -> None:
    print(paint("2", f"   -- {text}"))


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"\nunexpected: there should be {what}")
