from __future__ import annotations

from decimal import Decimal

from .driver import Api, phones


async def test_the_regions_have_fictional_numbers_of_several_types(api: Api) -> None:
    regions = (await api.get("availableRegions")).body["availableRegions"]
    assert {"US", "CA", "GB", "SE", "DE", "AU"} <= {region["regionCode"] for region in regions}
    assert regions[-1] == {"regionCode": "US", "regionName": "United States", "types": ["LOCAL", "TOLL_FREE"]}
    for region in regions:
        for kind in region["types"]:
            [number] = await api.search(f"regionCode={region['regionCode']}&type={kind}&size=1")
            assert (number["regionCode"], number["type"]) == (region["regionCode"], kind)
            assert Decimal(number["monthlyPrice"]["amount"]) > 0


async def test_us_numbers_lie_in_the_range_for_fiction(api: Api) -> None:
    for number in phones(await api.search("regionCode=US&type=LOCAL&size=1000")):
        assert number[5:10] == "55501"


async def test_some_products_require_documents(api: Api) -> None:
    [german] = await api.search("regionCode=DE&type=LOCAL&size=1")
    assert german["supportingDocumentationRequired"] is True
