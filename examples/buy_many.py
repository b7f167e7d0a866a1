"""Buy many numbers within a budget, and continue after a crash without buying one too many.

    python examples/buy_many.py --count 20 --region SE --type MOBILE                  says what it would cost
    python examples/buy_many.py --count 20 --region SE --type MOBILE --buy --max-total 40 --currency EUR

The ledger records each purchase in a file before its request is sent. After a crash, a power cut or Ctrl+C, run the same
command again: it asks the API what became of the purchases that were under way, and buys only what is missing. The
project and its key come from SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET.
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
    """Prints how many numbers are on offer, and their price. Buys nothing."""
    wanted: int = options.count
    async with NumbersClient.from_env() as client:
        found = await client.available_numbers.quote(
            count=wanted, region_code=options.region, number_type=options.type
        )
    total = " + ".join(f"{amount} {currency}" for currency, amount in found.totals.items())
    print(f"{len(found.offers)} numbers on offer, {total or 'without a price'}; --buy buys them")
    return len(found.offers) == wanted


async def buy(options: argparse.Namespace) -> bool:
    """Fills the slots of the batch, and prints the outcome of each."""
    async with SQLiteStore(options.ledger) as store:
        ledger = PurchaseLedger(store)
        budget = Budget(max_total=options.max_total, currency=options.currency)
        budget.include(await ledger.entries())  # counts what earlier runs have spent
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
    """Returns 0 if all numbers were bought (without --buy: are on offer), otherwise 1."""
    parser = argparse.ArgumentParser(description="Buy many numbers, and continue after a crash.")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--region", default="US")
    parser.add_argument("--type", default="LOCAL")
    parser.add_argument(
        "--buy", action="store_true", help="buy the numbers; otherwise only say what they would cost"
    )
    parser.add_argument(
        "--max-total", help="with --buy: the most that all purchases in the ledger may cost, such as 40.00"
    )
    parser.add_argument("--currency", help="with --buy: the currency of --max-total, such as EUR")
    parser.add_argument(
        "--ledger", default="purchases.db", help="the file of the ledger (default: %(default)s)"
    )
    parser.add_argument(
        "--batch",
        default="first",
        help="the name of the batch: another name buys other numbers (default: %(default)s)",
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
