"""Buy many numbers, within a budget, and go on after a crash without buying one too many.

    python examples/buy_many.py --count 20 --region SE --type MOBILE                  what it would cost
    python examples/buy_many.py --count 20 --region SE --type MOBILE --buy --max-total 40 --currency EUR

Each purchase is written into the ledger's file before its request is sent. Run the same command again after a crash, a
power cut or Ctrl+C: it asks the API what became of the purchases that were under way, and buys only what is missing.
The project and its key come from SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from sinch_numbers import (
    Budget,
    NumbersClient,
    NumbersError,
    PurchaseLedger,
    Refused,
    Rented,
    SQLiteStore,
    Unknown,
)


async def quote(options: argparse.Namespace) -> bool:
    """Prints what is on offer; buys nothing."""
    wanted: int = options.count
    async with NumbersClient.from_env() as client:
        found = await client.available_numbers.quote(
            count=wanted, region_code=options.region, number_type=options.type
        )
    total = " + ".join(f"{amount} {currency}" for currency, amount in found.totals.items())
    print(f"{len(found.offers)} numbers on offer, {total or 'at no price'}; --buy buys them")
    return len(found.offers) == wanted


async def buy(options: argparse.Namespace) -> bool:
    """Fills the batch, and prints what became of each of its places."""
    async with SQLiteStore(options.ledger) as store:
        ledger = PurchaseLedger(store)
        budget = Budget(max_total=options.max_total, currency=options.currency)
        budget.include(await ledger.entries())  # what earlier runs have spent counts
        async with NumbersClient.from_env(budget=budget, ledger=ledger) as client:
            outcomes = await client.available_numbers.rent_many(
                count=options.count, region_code=options.region, number_type=options.type, batch=options.batch
            )
    for outcome in outcomes:
        match outcome:
            case Rented(phone_number=phone_number, number=number):
                print(f"{phone_number:<16}", "rented" if number else "rented by an earlier run")
            case Refused(error=error):
                print(f"{'none':<16} not bought: {error}")
            case Unknown(phone_number=phone_number, error=error):
                print(f"{phone_number or 'none':<16} unknown: {error}")
            case _:
                raise AssertionError(outcome)
    return all(isinstance(outcome, Rented) for outcome in outcomes)


def main() -> int:
    """Returns 0 where all numbers were bought (or are on offer), and 1 otherwise."""
    parser = argparse.ArgumentParser(description="Buy many numbers, resumably.")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--region", default="US")
    parser.add_argument("--type", default="LOCAL")
    parser.add_argument("--buy", action="store_true", help="buy; otherwise only say what it would cost")
    parser.add_argument("--max-total", help="with --buy: what the ledger's purchases may cost, such as 40.00")
    parser.add_argument("--currency", help="with --buy: the currency of --max-total, such as EUR")
    parser.add_argument("--ledger", default="purchases.db", help="the file (default: %(default)s)")
    parser.add_argument(
        "--batch", default="first", help="another name is another purchase (default: %(default)s)"
    )
    options = parser.parse_args()
    try:
        complete = asyncio.run(buy(options) if options.buy else quote(options))
    except NumbersError as error:
        print(f"buy_many: {error}", file=sys.stderr)
        return 1
    return 0 if complete else 1


if __name__ == "__main__":
    raise SystemExit(main())
