"""The regions, number ranges and prices. All numbers lie in ranges that regulators reserve for fiction.

These are 555-0100 to 555-0199 in each area code of the North American Numbering Plan, and the ranges that Ofcom, the
Bundesnetzagentur, ARCEP, PTS, ACMA and ComReg reserve for films, plays and books.
"""

from __future__ import annotations

import decimal
import functools
import re
from collections.abc import Mapping
from decimal import Decimal

import attrs

from ..models import NumberType

NUMBER_TYPES: tuple[str, ...] = tuple(kind.value for kind in NumberType)
BOTH = ("SMS", "VOICE")
SMS = ("SMS",)
VOICE = ("VOICE",)


def _words(text: str) -> list[str]:
    return text.split()


# Two area codes of the capital and of the spec's examples come first; the rest are in numerical order.
_US_AREAS = _words("""
202 206 201 203 205 207 208 209 210 212 213 214 215 216 217 218 219 220 223 224 225 228 229 231 234 239 240 248 251
252 253 254 256 260 262 267 269 270 272 274 276 281 283 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317
318 319 320 321 323 325 327 330 331 332 334 336 337 339 341 346 347 351 352 360 361 364 380 385 386 401 402 404 405
406 407 408 409 410 412 413 414 415 417 419 423 424 425 430 432 434 435 440 442 443 445 458 463 464 469 470 475 478
479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 531 534 539 540 541 551 559 561 562
563 564 567 570 571 573 574 575 580 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623
626 628 629 630 631 636 640 641 646 650 651 657 660 661 662 667 669 678 680 681 682 701 702 703 704 706 707 708 712
713 714 715 716 717 718 719 720 724 725 726 727 731 732 734 737 740 743 747 754 757 760 762 763 765 769 770 772 773
774 775 779 781 785 786 801 802 803 804 805 806 808 810 812 813 814 815 816 817 818 828 830 831 832 838 843 845 847
848 850 854 856 857 858 859 860 862 863 864 865 870 872 878 901 903 904 906 907 908 909 910 912 913 914 915 916 917
918 919 920 925 928 929 930 931 934 936 937 938 940 941 945 947 949 951 952 954 956 959 970 971 972 973 975 978 979
980 984 985 986 989
""")
_CA_AREAS = _words("""
204 226 236 249 250 289 306 343 365 367 403 416 418 431 437 438 450 506 514 519 548 579 581 587 604 613 639 647 672
705 709 742 778 780 782 807 819 825 867 873 902 905
""")
_TOLL_FREE_AREAS = ("800", "833", "844", "855", "866", "877", "888")
_GB_LOCAL = _words("""
+441134960 +441144960 +441154960 +441164960 +441174960 +441184960 +441214960 +441314960 +441414960 +441514960
+441614960 +442079460 +441914980 +442896496 +442920180 +441632960
""")
_AU_MOBILE = _words("""
570006 570110 570156 570157 570158 570159 570313 570737 571266 571491 571804 572549 572665 572983 573087 573770
574118 574632 575254 575789 576398 576801 577426 577644 578148 578888 578957 579212 579455 579760
""")


def add_exactly(amount: Decimal, another: Decimal) -> Decimal:
    """The sum, whatever the decimal context of the program that the sandbox runs in."""
    return _EXACT.add(amount, another)


_EXACT = decimal.Context(prec=50)


@attrs.frozen
class Product:
    """All numbers of one type in one region, with their price.

    A number is a prefix followed by `digits` digits. `mix[last digit % len(mix)]` is its capabilities. `months` is
    the payment interval.
    """

    region: str
    type: str
    prefixes: tuple[str, ...]
    digits: int
    setup: Decimal
    monthly: Decimal
    currency: str
    mix: tuple[tuple[str, ...], ...] = (BOTH,)
    documents: bool = False
    months: int = 1

    @property
    def first_charge(self) -> Decimal:
        """The setup and the first month."""
        return add_exactly(self.setup, self.monthly)

    @property
    def size(self) -> int:
        """How many numbers the product has."""
        return len(self.prefixes) * int(10**self.digits)

    def number(self, index: int) -> str:
        """The number at `index`, from 0 to `size` - 1."""
        block, suffix = divmod(index, 10**self.digits)
        return f"{self.prefixes[block]}{suffix:0{self.digits}d}" if self.digits else self.prefixes[block]

    def capability(self, phone_number: str) -> tuple[str, ...]:
        """The capabilities of `phone_number`."""
        return self.mix[int(phone_number[-1]) % len(self.mix)]


@attrs.frozen
class Region:
    """A country and its products. `unassigned` is a prefix that no real number of the country has."""

    code: str
    name: str
    unassigned: str
    products: tuple[Product, ...]


def _product(
    region: str,
    kind: str,
    prefixes: list[str],
    digits: int,
    price: str,
    *,
    mix: tuple[tuple[str, ...], ...] = (BOTH,),
    documents: bool = False,
) -> Product:
    setup, monthly, currency = price.split()
    return Product(
        region,
        kind,
        tuple(prefixes),
        digits,
        Decimal(setup),
        Decimal(monthly),
        currency,
        mix,
        documents=documents,
    )


_MIXED = (BOTH, BOTH, BOTH, BOTH, BOTH, BOTH, SMS, SMS, VOICE, VOICE)

REGIONS = {
    region.code: region
    for region in (
        Region("AU", "Australia", "+610", (
            _product("AU", "LOCAL", [f"+61{area}{block}" for area in "2378" for block in ("5550", "7010")], 4,
                     "0.00 3.00 AUD", mix=(VOICE, VOICE, BOTH)),
            _product("AU", "MOBILE", [f"+61491{number}" for number in _AU_MOBILE], 0, "0.00 9.90 AUD"),
        )),
        Region("CA", "Canada", "+15551", (
            _product("CA", "LOCAL", [f"+1{area}55501" for area in _CA_AREAS], 2, "0.25 1.10 USD", mix=_MIXED),
        )),
        Region("DE", "Germany", "+490", (
            _product("DE", "LOCAL", ["+493023125", "+496990009", "+494066969", "+492214710", "+498999998"], 3,
                     "1.00 1.50 EUR", mix=(VOICE,), documents=True),
            _product("DE", "MOBILE", ["+4917139200", "+49176040690"], 2, "1.00 4.00 EUR"),
        )),
        Region("FR", "France", "+330", (
            _product("FR", "LOCAL", ["+3319900", "+3326191", "+3335301", "+3346571", "+3353649"], 4,
                     "0.00 1.20 EUR", mix=(VOICE,), documents=True),
            _product("FR", "MOBILE", ["+3363998"], 4, "0.00 6.50 EUR", documents=True),
        )),
        Region("GB", "United Kingdom", "+440", (
            _product("GB", "LOCAL", _GB_LOCAL, 3,
                     "0.00 0.90 GBP", mix=(VOICE, VOICE, VOICE, BOTH)),
            _product("GB", "MOBILE", ["+447700900"], 3, "0.00 2.50 GBP"),
            _product("GB", "TOLL_FREE", ["+448081570"], 3, "5.00 8.00 GBP", mix=(VOICE,), documents=True),
        )),
        Region("IE", "Ireland", "+3530", (
            _product("IE", "LOCAL", [f"+3532091{block}" for block in "0123"], 4, "0.00 1.00 EUR", mix=(VOICE,)),
        )),
        Region("SE", "Sweden", "+460", (
            _product("SE", "LOCAL", ["+463139006", "+464062804", "+468465004", "+469803192"], 2,
                     "0.00 0.80 EUR", mix=(VOICE, BOTH)),
            _product("SE", "MOBILE", [f"+467017406{digit}" for digit in range(1, 10)], 1, "0.00 0.80 EUR"),
        )),
        Region("US", "United States", "+15550", (
            _product("US", "LOCAL", [f"+1{area}55501" for area in _US_AREAS], 2, "0.50 1.00 USD", mix=_MIXED,
                     documents=True),  # true of all offers that were seen; they can be rented all the same
            _product("US", "TOLL_FREE", [f"+1{area}55501" for area in _TOLL_FREE_AREAS], 2, "1.00 2.00 USD",
                     mix=(BOTH, VOICE)),
        )),
    )
}  # fmt: skip
"""The regions by code, sorted."""


def product_by_type(region: str, number_type: str) -> Product | None:
    """The product of a region and type; None if there is none."""
    if region not in REGIONS:
        return None
    return next((product for product in REGIONS[region].products if product.type == number_type), None)


@functools.cache
def _prefixes() -> tuple[Mapping[str, Product], tuple[int, ...]]:
    table = {
        prefix: product
        for region in REGIONS.values()
        for product in region.products
        for prefix in product.prefixes
    }
    return table, tuple(sorted({len(prefix) for prefix in table}))


def product_by_number(phone_number: str) -> Product | None:
    """The product that `phone_number` belongs to; None if the catalog does not have the number."""
    if not re.fullmatch(r"\+[0-9]{7,15}", phone_number):
        return None
    table, lengths = _prefixes()
    for length in lengths:
        product = table.get(phone_number[:length])
        if product is not None and len(phone_number) == length + product.digits:
            return product
    return None
