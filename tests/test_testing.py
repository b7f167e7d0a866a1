from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

USERS_TEST = """
from sinch_numbers import NumbersClient, voice
from sinch_numbers.sandbox import Sandbox


@pytest.mark.asyncio
async def test_it_rents(sinch_client: NumbersClient, sinch_sandbox: Sandbox) -> None:
    number = await sinch_client.available_numbers.rent_first(
        region_code="US", number_type="LOCAL", voice_configuration=voice.rtc("app")
    )
    await sinch_client.active_numbers.wait_until_provisioned(number.phone_number)
    assert len(sinch_sandbox.charges) == 1


@pytest.mark.asyncio
async def test_each_test_has_an_api_of_its_own(sinch_client, sinch_sandbox) -> None:
    assert sinch_sandbox.charges == []
    assert await sinch_client.available_regions.list()


def test_of_synchronous_code(sinch_sandbox_url: str) -> None:
    import asyncio

    async def regions() -> int:
        async with NumbersClient.from_env() as client:
            return len(await client.available_regions.list())

    assert sinch_sandbox_url.startswith("http://127.0.0.1:")
    assert asyncio.run(regions()) == 8


def test_without_a_loop(sinch_client, sinch_sandbox) -> None:
    assert "sandbox-project" in repr(sinch_client)
"""


@pytest.fixture
def users(pytester: pytest.Pytester) -> pytest.Pytester:
    """A user's project, run in a process of its own."""
    others = [
        "cacheprovider",
        "schemathesis",
        "hypothesispytest",
        "pytest_httpx",
        "pytest_cov",
        "anyio",
        "respx",
    ]
    pytester.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
        f"addopts = {' '.join(f'-p no:{name}' for name in others)}\n"
    )
    return pytester


def test_a_users_test_gets_an_api_of_its_own_without_importing_a_plugin(users: pytest.Pytester) -> None:
    users.makepyfile("import pytest\n" + USERS_TEST)
    result = users.runpytest_subprocess()

    result.assert_outcomes(passed=4)


def test_the_fixtures_explain_themselves(users: pytest.Pytester) -> None:
    result = users.runpytest_subprocess("--fixtures")

    result.stdout.fnmatch_lines(["*sinch_client*", "*A client of that sandbox*"])
    result.stdout.fnmatch_lines(["*sinch_sandbox*", "*A new sandbox for each test*"])


@pytest.mark.parametrize("fixture", ["sinch_client", "sinch_sandbox_url"])
def test_if_the_extra_is_missing_the_error_says_what_to_install(users: pytest.Pytester, fixture: str) -> None:
    users.makeconftest("import sys\nsys.modules['starlette'] = None\n")
    users.makepyfile(
        f"""
        def test_it({fixture}):
            pass
        """
    )
    result = users.runpytest_subprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the sandbox needs starlette*pip install 'sinch-numbers[[]sandbox[]]'*"])


def test_a_test_run_that_does_not_use_the_plugin_imports_nothing_heavy(users: pytest.Pytester) -> None:
    users.makepyfile(
        """
        import sys

        def test_it():
            assert not {"httpx", "starlette", "sinch_numbers.sandbox", "sinch_numbers.client"} & {*sys.modules}
        """
    )
    result = users.runpytest_subprocess()

    result.assert_outcomes(passed=1)


def test_the_plugin_is_found_by_its_entry_point() -> None:
    from importlib.metadata import entry_points

    [found] = [entry for entry in entry_points(group="pytest11") if entry.name == "sinch_numbers"]

    assert found.load() is sys.modules["sinch_numbers.testing"]
