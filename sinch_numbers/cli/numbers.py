"""`sinch-numbers regions`, `search`, `list`, `get`, `update`, `release` and `wait`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from .exits import Exit, Stop
from .options import (
    CallbackUrl,
    Capabilities,
    Contains,
    Csv,
    EndsWith,
    Json,
    Ledger,
    Region,
    SmsCampaign,
    SmsPlan,
    StartsWith,
    Type,
    VoiceApp,
    VoiceFax,
    VoiceTrunk,
    Yes,
    configurations,
    pattern,
    upper,
)
from .output import NUMBERS, OFFERS, REGIONS, Printer, chosen, is_watched, note, print_all
from .session import connected

if TYPE_CHECKING:
    from ..client import NumbersClient
    from ..models import ActiveNumber
    from ..resources.list_all import ListingProgress


async def regions(*, type_: Type = None, json: Json = False, csv: Csv = False) -> int:
    """List the regions in which numbers can be rented, with their types of number."""
    form = chosen(as_json=json, as_csv=csv)
    async with connected() as client:
        found = await client.available_regions.list(number_types=[type_.upper()] if type_ else None)
    print_all(found, REGIONS, form)
    return Exit.DONE


async def search(
    *,
    region: Annotated[str, Parameter(name=["--region", "-r"], help="The region, such as US.")],
    type_: Annotated[str, Parameter(name=["--type", "-t"], help="LOCAL, MOBILE or TOLL_FREE.")],
    starts_with: StartsWith = None,
    contains: Contains = None,
    ends_with: EndsWith = None,
    capability: Capabilities = (),
    size: int | None = None,
    json: Json = False,
    csv: Csv = False,
) -> int:
    """Show a sample of the numbers on offer, with their prices.

    Args:
        size: How many at most.
    """
    form = chosen(as_json=json, as_csv=csv)
    digits = pattern(starts_with, contains, ends_with)
    async with connected() as client:
        offers = await client.available_numbers.search(
            region_code=region.upper(),
            number_type=type_.upper(),
            capabilities=upper(capability),
            size=size,
            **digits,
        )
    print_all(offers, OFFERS, form)
    return Exit.DONE


async def list_(
    *,
    region: Region = None,
    type_: Type = None,
    starts_with: StartsWith = None,
    contains: Contains = None,
    ends_with: EndsWith = None,
    capability: Capabilities = (),
    json: Json = False,
    csv: Csv = False,
) -> int:
    """List the numbers of the project: all of them, or those of a region or a type."""
    form = chosen(as_json=json, as_csv=csv)
    digits = pattern(starts_with, contains, ends_with)
    region, type_ = region and region.upper(), type_ and type_.upper()
    if digits["number_pattern"] is not None and (region is None) != (type_ is None):
        raise Stop("a pattern needs both --region and --type, or neither", Exit.USAGE)
    printer = Printer(NUMBERS, form)
    async with connected() as client:
        with progress(is_shown=is_watched() and (form == "table" or not _is_terminal())) as report:
            listing = _listing(client, region, type_, digits, upper(capability), report)
            async with aclosing(listing) as found:
                async for number in found:
                    printer.add(number)
    printer.close()
    return Exit.DONE


def _is_terminal() -> bool:
    import sys

    return sys.stdout.isatty()


async def _listing(
    client: NumbersClient,
    region: str | None,
    type_: str | None,
    digits: Any,
    capabilities: list[str] | None,
    report: Callable[[int, int | None], None],
) -> AsyncGenerator[ActiveNumber, None]:
    """The numbers, all of one listing where that is possible."""
    if digits["number_pattern"] is None and (region is None or type_ is None):

        def on_progress(read: ListingProgress) -> None:
            report(read.numbers, read.total)

        everything = client.active_numbers.list_all(
            region_codes=None if region is None else [region],
            number_types=None if type_ is None else [type_],
            capabilities=capabilities,
            on_progress=on_progress,
        )
        async with aclosing(everything) as found:
            async for number in found:
                yield number
        return
    read = 0
    pager = client.active_numbers.list(
        region_code=region, number_type=type_, capabilities=capabilities, **digits
    )
    async for page in pager.pages():
        read += len(page.items)
        report(read, page.total_size)
        for number in page.items:
            yield number


@contextmanager
def progress(*, is_shown: bool) -> Generator[Callable[[int, int | None], None]]:
    """A bar on stderr, and the function that moves it: to how many numbers were read, of how many."""
    if not is_shown:
        yield lambda read, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("numbers"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("numbers", total=None)
        yield lambda read, total: bar.update(task, completed=read, total=total)


async def get(number: str, /, *, json: Json = False, csv: Csv = False) -> int:
    """Show a number of the project, with its configurations.

    Args:
        number: The number, such as +12025550134.
    """
    form = chosen(as_json=json, as_csv=csv)
    async with connected() as client:
        found = await client.active_numbers.get(number)
    print_all([found], NUMBERS, form)
    return Exit.DONE


async def update(
    *numbers: str,
    name: str | None = None,
    callback_url: CallbackUrl = None,
    voice_app: VoiceApp = None,
    voice_trunk: VoiceTrunk = None,
    voice_fax: VoiceFax = None,
    sms_plan: SmsPlan = None,
    sms_campaign: SmsCampaign = None,
    unlink_sms: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> int:
    """Change numbers. What is not given stays as it is; an empty --name or --callback-url clears it.

    Args:
        numbers: The numbers to change. All get the same change.
        name: The display name.
        unlink_sms: Unlink the service plan and the campaign, which is needed before another plan is linked.
    """
    from .. import sms
    from .purchases import tell

    form = chosen(as_json=json)
    _needed(numbers)
    changes = {**configurations(voice_app, voice_trunk, voice_fax, sms_plan, sms_campaign)}
    if unlink_sms:
        if sms_plan is not None:
            raise Stop("--unlink-sms and --sms-plan exclude each other", Exit.USAGE)
        changes["sms_configuration"] = sms.unlink()
    async with connected() as client:
        outcomes = await client.active_numbers.update_many(
            numbers, display_name=name, callback_url=callback_url, **changes
        )
    return tell("changed", outcomes, form)


def release(*numbers: str, yes: Yes = False, ledger: Ledger = None, json: Json = False) -> int:
    """Give numbers up: asks first. The project keeps each until its next charge would be due.

    Args:
        numbers: The numbers to release.
    """
    from ..bulk import checked_phone_numbers
    from .purchases import ask, session

    form = chosen(as_json=json)
    _needed(numbers)
    checked_phone_numbers(numbers)
    with session(ledger=ledger) as opened:
        if not yes:
            ask(f"Release {', '.join(numbers)}? Somebody else can have them after that.")
        client = opened.client
        return opened.bill("released", numbers, lambda: client.active_numbers.release_many(numbers), form)


async def wait(
    number: str, /, *, timeout: Annotated[float, Parameter(help="Seconds.")] = 300, json: Json = False
) -> int:
    """Wait until the configurations of a number are in force.

    Args:
        number: The number, such as +12025550134.
    """
    form = chosen(as_json=json)
    async with connected() as client:
        if is_watched():
            note(f"waiting up to {timeout:g} s for {number}")
        found = await client.active_numbers.wait_until_provisioned(number, timeout=timeout)
    print_all([found], NUMBERS, form)
    return Exit.DONE


def _needed(numbers: tuple[str, ...]) -> None:
    if not numbers:
        raise Stop("name the numbers", Exit.USAGE)
