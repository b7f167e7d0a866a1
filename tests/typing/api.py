"""The public API as users write it. Never run: mypy and pyright check it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import assert_never, assert_type

import httpx

from sinch_numbers import (
    SPEC_HASH,
    SPEC_VERSION,
    ActiveNumber,
    AddressValidationResult,
    APIConnectionError,
    APIStatusError,
    Attempt,
    AvailableNumber,
    AvailableRegion,
    BadRequestError,
    Budget,
    CallbackConfiguration,
    Capability,
    Clock,
    Cursor,
    Drift,
    EmergencyAddress,
    EmergencyAddressValidation,
    FieldViolation,
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    ListAvailableRegionsResponse,
    MemoryStore,
    Money,
    NumbersClient,
    NumbersError,
    NumberType,
    OrphanedPurchase,
    Outcome,
    OutcomeUnknownError,
    Page,
    Pager,
    PaginationError,
    ProvisioningFailedError,
    PurchaseLedger,
    Quote,
    RateLimitError,
    RawResponse,
    Refused,
    Released,
    ReleaseOutcome,
    Rented,
    RentNumberRequest,
    RentOutcome,
    RetryEvent,
    RetryPolicy,
    Safety,
    ScheduledVoiceProvisioning,
    ScheduledVoiceProvisioningEST,
    ScheduledVoiceProvisioningFAX,
    ScheduledVoiceProvisioningRTC,
    SearchPattern,
    Sent,
    SmsConfiguration,
    SQLiteStore,
    Store,
    SystemClock,
    Timeout,
    TokenProvider,
    Transport,
    TransportError,
    Unknown,
    UnknownScheduledVoiceProvisioning,
    UnknownVoiceConfiguration,
    Updated,
    UpdateOutcome,
    VoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
    WaitTimeoutError,
    models,
    sms,
    voice,
)
from sinch_numbers.sandbox import Sandbox, VirtualClock

NUMBER = "+12025550134"


# --- what users implement ---


class Vault:
    async def get_token(self, *, rejected: str | None = None) -> str:
        return "token"


class Fake:
    async def send(self, request: HttpRequest) -> HttpResponse:
        assert_type(request.method, str)
        assert_type(request.content, bytes)
        if request.url.endswith("lost"):
            raise TransportError("lost", sent=Sent.UNKNOWN, timed_out=True)
        return HttpResponse(status_code=200, headers={"x-request-id": "1"}, content=b"{}")

    async def aclose(self) -> None: ...


def protocols() -> None:
    provider: TokenProvider = Vault()
    transport: Transport = Fake()
    default: Transport = HttpxTransport(keepalive_expiry=10, verify=True, proxy=None)
    clock: Clock = SystemClock()
    virtual: Clock = VirtualClock()
    store: Store = MemoryStore(clock=clock)
    file: Store = SQLiteStore("store.db", clock=virtual)
    print(provider, transport, default, store, file)


# --- making a client ---


def on_drift(drift: Drift) -> None:
    assert_type(drift.field, str)


def on_response(raw: RawResponse) -> None:
    assert_type(raw.request_id, str | None)
    assert_type(raw.attempts, tuple[Attempt, ...])


def on_retry(event: RetryEvent) -> None:
    assert_type(event.attempt.status_code, int | None)
    assert_type(event.attempt.sent, Sent)
    assert_type(event.delay, float)


async def on_orphaned_purchase(orphan: OrphanedPurchase) -> None:
    assert_type(orphan.number, ActiveNumber | None)
    assert_type(orphan.error, NumbersError | None)


async def make() -> None:
    async with NumbersClient(project_id="p", key_id="k", key_secret="s") as client:
        assert_type(client, NumbersClient)
    assert_type(NumbersClient.from_env(), NumbersClient)
    NumbersClient.from_env(timeout=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NumbersClient.from_env(time_out=Timeout())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NumbersClient(project_id="p", auth=Vault())
    NumbersClient(project_id="p", key_id="k", key_secret="s", auth="basic", http_client=httpx.AsyncClient())
    full = NumbersClient(
        project_id="p",
        key_id="k",
        key_secret="s",
        auth="oauth2",
        base_url="https://numbers.api.sinch.com",
        auth_url="https://auth.sinch.com",
        allow_insecure=False,
        timeout=Timeout(connect=1, total=30.0),
        retry=RetryPolicy(max_attempts=5, initial_delay=0.1),
        headers={"X-Tenant": "a"},
        max_connections=10,
        close_timeout=5,
        transport=Fake(),
        token_store=MemoryStore(),
        clock=SystemClock(),
        budget=Budget(max_total=Decimal(5), currency="EUR", max_numbers=3),
        ledger=PurchaseLedger(MemoryStore()),
        on_drift=on_drift,
        on_response=on_response,
        on_retry=on_retry,
        on_orphaned_purchase=on_orphaned_purchase,
    )
    assert_type(full.with_options(timeout=Timeout(total=3), retry=RetryPolicy(max_attempts=1)), NumbersClient)
    with full.raw_responses() as responses:
        assert_type(responses, list[RawResponse])
    await full.aclose()


# --- calls ---


async def buy(client: NumbersClient) -> None:
    offers = await client.available_numbers.search(
        region_code="US",
        number_type=NumberType.LOCAL,
        number_pattern="+1202",
        search_pattern=SearchPattern.START,
        capabilities=[Capability.SMS, "VOICE"],
        size=5,
    )
    assert_type(offers, list[AvailableNumber])
    assert_type(offers[0].monthly_price, Money | None)
    assert_type(await client.available_numbers.get(NUMBER), AvailableNumber)
    assert_type(await client.available_numbers.is_available(NUMBER), bool)
    number = await client.available_numbers.rent(
        NUMBER,
        sms_configuration=sms.link("plan", "campaign"),
        voice_configuration=voice.rtc("app"),
        callback_url="https://me.example",
    )
    assert_type(number, ActiveNumber)
    assert_type(
        await client.available_numbers.rent_first(region_code="US", number_type="LOCAL"), ActiveNumber
    )
    assert_type(await client.available_numbers.rent_any(region_code="US", number_type="LOCAL"), ActiveNumber)
    assert_type(await client.available_numbers.quote(count=3, region_code="US", number_type="LOCAL"), Quote)
    outcomes = await client.available_numbers.rent_many(count=3, region_code="US", number_type="LOCAL")
    assert_type(outcomes, list[RentOutcome])
    for outcome in outcomes:
        of_rent(outcome)


# Every class of an outcome is named, and no other: a new one would be an error here.


def of_rent(outcome: RentOutcome) -> str:
    match outcome:
        case Rented(phone_number=number):
            return number
        case Refused(error=error) | Unknown(error=error):
            return str(error)
        case _:
            assert_never(outcome)


def of_release(outcome: ReleaseOutcome) -> ActiveNumber | NumbersError:
    match outcome:
        case Released(number=number):
            return number
        case Refused(error=error) | Unknown(error=error):
            return error
        case _:
            assert_never(outcome)


def of_update(outcome: UpdateOutcome) -> ActiveNumber | NumbersError:
    match outcome:
        case Updated(number=number):
            return number
        case Refused(error=error) | Unknown(error=error):
            return error
        case _:
            assert_never(outcome)


def of_any(outcome: Outcome) -> str | None:
    match outcome:
        case Rented() | Released() | Updated() | Refused() | Unknown():
            return outcome.phone_number
        case _:
            assert_never(outcome)


async def manage(client: NumbersClient) -> None:
    pager = client.active_numbers.list(region_code="US", number_type="LOCAL", page_size=10, cursor=None)
    assert_type(pager, Pager[ActiveNumber])
    async for number in pager:
        assert_type(number, ActiveNumber)
    async for page in pager.pages():
        assert_type(page, Page[ActiveNumber])
        assert_type(page.items, tuple[ActiveNumber, ...])
        cursor: Cursor | None = page.cursor
        print(cursor)
    assert_type(await pager.first(), ActiveNumber | None)
    assert_type(await pager.collect(limit=3), list[ActiveNumber])
    everything = client.active_numbers.list_all(region_codes=("US", "GB"), number_types={"LOCAL"})
    assert_type(everything, AsyncGenerator[ActiveNumber, None])
    assert_type([number async for number in everything], list[ActiveNumber])
    assert_type(await client.active_numbers.get(NUMBER), ActiveNumber)
    assert_type(await client.active_numbers.update(NUMBER, display_name="x"), ActiveNumber)
    assert_type(await client.active_numbers.update(NUMBER, sms_configuration=sms.unlink()), ActiveNumber)
    assert_type(await client.active_numbers.unlink_sms(NUMBER), ActiveNumber)
    assert_type(await client.active_numbers.release(NUMBER), ActiveNumber)
    assert_type(await client.active_numbers.release_many([NUMBER]), list[ReleaseOutcome])
    assert_type(await client.active_numbers.update_many([NUMBER], display_name="x"), list[UpdateOutcome])
    assert_type(await client.active_numbers.wait_until_provisioned(NUMBER, timeout=60), ActiveNumber)
    regions = await client.available_regions.list(number_types=["LOCAL", NumberType.MOBILE])
    assert_type(regions, list[AvailableRegion])
    assert_type(await client.callback_configuration.get(), CallbackConfiguration)
    assert_type(await client.callback_configuration.update(hmac_secret="s"), CallbackConfiguration)


# --- configurations ---


def linked_to(number: ActiveNumber) -> str | None:
    """Every variant is named: a new one would be an error here."""
    configuration = voice.current(number)
    assert_type(configuration, VoiceConfiguration | None)
    match configuration:
        case VoiceConfigurationRTC(app_id=app_id):
            return app_id
        case VoiceConfigurationEST(trunk_id=trunk_id):
            return trunk_id
        case VoiceConfigurationFAX(service_id=service_id):
            return service_id
        case UnknownVoiceConfiguration(raw=raw):
            return repr(raw)
        case None:
            return None
        case _:
            assert_never(configuration)


def linking_to(number: ActiveNumber) -> str | None:
    scheduled = voice.pending(number)
    assert_type(scheduled, ScheduledVoiceProvisioning | None)
    match scheduled:
        case ScheduledVoiceProvisioningRTC(app_id=app_id):
            return app_id
        case ScheduledVoiceProvisioningEST(trunk_id=trunk_id):
            return trunk_id
        case ScheduledVoiceProvisioningFAX(service_id=service_id):
            return service_id
        case UnknownScheduledVoiceProvisioning() | None:
            return None
        case _:
            assert_never(scheduled)


def built() -> None:
    assert_type(voice.rtc("app"), VoiceConfigurationRTC)
    assert_type(voice.est("trunk"), VoiceConfigurationEST)
    assert_type(voice.fax("service"), VoiceConfigurationFAX)
    assert_type(sms.link("plan"), SmsConfiguration)
    assert_type(models.Money, type[Money])


# --- errors ---


async def catch(client: NumbersClient) -> None:
    try:
        await client.available_numbers.rent(NUMBER)
    except BadRequestError as error:
        assert_type(error.field_violations, tuple[FieldViolation, ...])
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except APIStatusError as error:
        assert_type(error.status_code, int)
        assert_type(error.status, str)
        assert_type(error.request_id, str | None)
        assert_type(error.body, bytes)
        assert_type(error.attempts, tuple[Attempt, ...])
    except APIConnectionError as error:
        assert_type(error.sent, Sent)
    except OutcomeUnknownError as error:
        assert_type(error.phone_number, str | None)
    except ProvisioningFailedError as error:
        assert_type(error.number, ActiveNumber)
        assert_type(error.error_codes, tuple[str, ...])
    except WaitTimeoutError as error:
        assert_type(error.number, ActiveNumber | None)
    except PaginationError as error:
        assert_type(error.cursor, str | None)
    except NumbersError as error:
        assert_type(error.message, str)


def decide(policy: RetryPolicy, attempt: Attempt) -> None:
    assert_type(
        policy.decide(Safety.BILLABLE, attempt, attempt_number=1, remaining=10, draw=0.5),
        float | None,
    )


# --- the sandbox ---


async def test_it(sinch_client: NumbersClient, sinch_sandbox: Sandbox) -> None:
    assert_type(sinch_sandbox.client(), NumbersClient)
    assert_type(sinch_sandbox.client(project_id="p", retry=RetryPolicy(), on_drift=on_drift), NumbersClient)
    sinch_sandbox.client(retry=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    sinch_sandbox.client(retries=RetryPolicy())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    given = ActiveNumber(phone_number=NUMBER)
    assert_type(sinch_sandbox.seed_active(numbers=[NUMBER, given, {"phoneNumber": NUMBER}]), list[str])
    assert_type(sinch_sandbox.seed_active(3, region_code="US"), list[str])
    assert_type(sinch_sandbox.seed_offers([NUMBER, AvailableNumber(phone_number=NUMBER)]), list[str])
    async with sinch_sandbox.serve() as url:
        assert_type(url, str)
    assert_type(sinch_sandbox.clock, VirtualClock)


# --- every operation, and requests of one's own ---


async def operations(client: NumbersClient) -> None:
    assert_type(await client.operations.get_active_number(phone_number=NUMBER), ActiveNumber)
    assert_type(await client.operations.list_available_regions(), ListAvailableRegionsResponse)
    listing = client.operations.list_active_numbers(
        region_code="US", type_=NumberType.LOCAL, capability=["SMS"]
    )
    assert_type(listing, Pager[ActiveNumber])
    assert_type(await listing, Page[ActiveNumber])
    body = RentNumberRequest(callback_url="https://example.com")
    assert_type(await client.operations.rent_number(phone_number=NUMBER, body=body), ActiveNumber)
    assert_type(await client.operations.deprovision_emergency_address(phone_number=NUMBER), None)
    await client.operations.get_active_number(NUMBER)  # type: ignore[call-arg]  # pyright: ignore
    await client.operations.rent_number(phone_number=NUMBER)  # type: ignore[call-arg]  # pyright: ignore

    response = await client.request("GET", "/numberOrders", query={"size": 5, "states": ["OPEN"]})
    assert_type(response, RawResponse)
    await client.request("POST", "/numberOrders", body={"size": 1}, safety=Safety.BILLABLE)
    assert_type((str(SPEC_VERSION), str(SPEC_HASH)), tuple[str, str])


async def emergency_addresses(client: NumbersClient) -> None:
    address = EmergencyAddress(
        street_number="600", street_info="Congress Ave", city="Austin", state="TX", postal_code="78701"
    )
    checked = await client.emergency_addresses.validate(NUMBER, display_name="x", address=address)
    assert_type(checked, EmergencyAddressValidation)
    assert_type(checked.validation_result, AddressValidationResult | None)
    assert_type(checked.corrected_address, EmergencyAddress | None)
    assert_type(checked.candidate_addresses, tuple[EmergencyAddress, ...])
    await client.emergency_addresses.provision(NUMBER, display_name="x", address={"city": "Austin"})
    assert_type(await client.emergency_addresses.get(NUMBER), EmergencyAddress)
    assert_type(await client.emergency_addresses.deprovision(NUMBER), None)
    EmergencyAddress(city="Austin")  # type: ignore[call-arg]  # pyright: ignore


def safeties(safety: Safety) -> bool:
    match safety:
        case Safety.READ | Safety.IDEMPOTENT:
            return True
        case Safety.ONCE | Safety.BILLABLE:
            return False
        case _:
            assert_never(safety)
