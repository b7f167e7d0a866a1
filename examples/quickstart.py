"""A tour of the SDK. Against the sandbox, it is the demo: `sinch_numbers/sandbox/demo.py` has its code.

    python examples/quickstart.py                            against the sandbox: needs no account and no network
    python examples/quickstart.py --live                     against the Sinch API: only reads
    python examples/quickstart.py --live --allow-spending    the same, then rents a real number and releases it

Live runs take the project and its key from SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from sinch_numbers import Budget, ConfigurationError, NumbersClient, NumbersError, __version__

try:
    from sinch_numbers.sandbox.demo import find_number, list_numbers, say, show_regions, title, tour
except ModuleNotFoundError as missing:
    print(f"quickstart: {missing}", file=sys.stderr)
    raise SystemExit(2) from None


async def tour_of_the_api(allow_spending: bool) -> None:
    async with NumbersClient.from_env() as client:
        print(f"sinch-numbers {__version__}, live: {client}")
        await show_regions(client)
        phone_number = await find_number(client)
        await list_numbers(client, page_size=10)
        if allow_spending:
            await rent_and_release(client, phone_number)
        else:
            print(
                "\nNothing was bought or changed. With --allow-spending, one number is rented and released."
            )


async def rent_and_release(client: NumbersClient, phone_number: str) -> None:
    title(f"Rent {phone_number} for real, and release it")
    one = client.with_options(budget=Budget(max_numbers=1))
    number = await one.available_numbers.rent(phone_number)
    say("rented, next charge", f"{number.next_charge_date:%Y-%m-%d}")
    number = await one.active_numbers.release(phone_number)
    say("released, ours until", f"{number.expire_at:%Y-%m-%d}")


def main() -> int:
    """Runs a tour. Returns 0, or 1 if the API or the sandbox failed, or 2 if an option, a variable or a package is missing."""
    parser = argparse.ArgumentParser(
        description="A tour of sinch-numbers, against the sandbox unless --live is given."
    )
    parser.add_argument(
        "--live", action="store_true", help="use the API, with credentials from the environment"
    )
    parser.add_argument("--allow-spending", action="store_true", help="with --live: rent a real number")
    options = parser.parse_args()
    if options.allow_spending and not options.live:
        parser.error("--allow-spending needs --live: the sandbox spends no real money")
    try:
        asyncio.run(tour_of_the_api(options.allow_spending) if options.live else tour())
    except ConfigurationError as error:
        print(f"quickstart: {error}", file=sys.stderr)
        return 2
    except NumbersError as error:
        print(f"quickstart: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
