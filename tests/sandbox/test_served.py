from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import urllib.request

import pytest

from sinch_numbers import NumbersClient
from sinch_numbers.sandbox import SandboxOptions, served_sandbox

NUMBER = "+12025550134"


def read(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as response:
        content: bytes = response.read()
        return content


async def rent() -> str:
    async with NumbersClient.from_env() as client:
        return (await client.available_numbers.rent(NUMBER)).phone_number


def test_synchronous_code_gets_a_sandbox_that_the_environment_leads_to() -> None:
    with served_sandbox() as url:
        assert asyncio.run(rent()) == NUMBER
        assert NUMBER.encode() in read(f"{url}/__sandbox__/charges")


def test_the_environment_is_as_before_after_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SINCH_PROJECT_ID", "mine")
    monkeypatch.delenv("SINCH_KEY_ID", raising=False)
    with served_sandbox() as url:
        assert os.environ["SINCH_PROJECT_ID"] == "sandbox-project"
        assert os.environ["SINCH_AUTH_URL"] == url
    assert os.environ["SINCH_PROJECT_ID"] == "mine"
    assert "SINCH_KEY_ID" not in os.environ
    with served_sandbox(set_environment=False):
        assert os.environ["SINCH_PROJECT_ID"] == "mine"


def test_no_thread_and_no_port_is_left_even_after_an_error() -> None:
    before = threading.active_count()
    with pytest.raises(KeyError), served_sandbox() as url:
        raise KeyError(url)
    assert threading.active_count() == before
    with pytest.raises(OSError):
        read(f"{url}/__sandbox__/charges")


def test_two_at_once_have_ports_and_states_of_their_own() -> None:
    with served_sandbox() as first, served_sandbox() as second:
        assert first != second
        asyncio.run(rent())
        assert NUMBER.encode() not in read(f"{first}/__sandbox__/charges")
        assert NUMBER.encode() in read(f"{second}/__sandbox__/charges")


def test_a_taken_port_is_an_error_of_the_caller() -> None:
    with served_sandbox() as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(OSError), served_sandbox(port=port):
            pass


def test_it_takes_the_options_and_the_seed_of_a_sandbox() -> None:
    with served_sandbox(SandboxOptions(trial=True), seed=7, speed=0) as url:
        assert os.environ["SINCH_NUMBERS_BASE_URL"] == url
        with pytest.raises(Exception, match="Trial account"):
            asyncio.run(rent())


@pytest.mark.slow
def test_a_process_that_is_started_in_the_block_uses_it_too() -> None:
    program = (
        "import asyncio; from sinch_numbers import NumbersClient\n"
        "async def main():\n"
        "    async with NumbersClient.from_env() as client:\n"
        "        print(len(await client.available_regions.list()))\n"
        "asyncio.run(main())"
    )
    with served_sandbox():
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ("8\n", "")
