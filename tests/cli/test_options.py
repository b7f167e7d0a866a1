from __future__ import annotations

import pytest

from sinch_numbers import ConfigurationError, sms, voice
from sinch_numbers.cli.exits import Exit, Stop
from sinch_numbers.cli.options import configurations, pattern, upper


def test_a_pattern_is_that_of_the_one_option_given() -> None:
    assert pattern(None, None, None) == {"number_pattern": None, "search_pattern": None}
    assert pattern("+1", None, None) == {"number_pattern": "+1", "search_pattern": "START"}
    assert pattern(None, "55", None) == {"number_pattern": "55", "search_pattern": "CONTAINS"}
    assert pattern(None, None, "9") == {"number_pattern": "9", "search_pattern": "END"}
    with pytest.raises(Stop) as refused:
        pattern("+1", None, "9")
    assert refused.value.status is Exit.USAGE


def test_words_are_written_as_the_api_does() -> None:
    assert upper(("sms", "VOICE")) == ["SMS", "VOICE"]
    assert upper(()) is None


def test_configurations_are_those_of_the_options() -> None:
    nothing = {"voice_configuration": None, "sms_configuration": None}
    assert configurations(None, None, None, None, None) == nothing
    linked = configurations(None, None, "fax", "plan", "campaign")
    assert linked == {
        "voice_configuration": voice.fax("fax"),
        "sms_configuration": sms.link("plan", "campaign"),
    }
    with pytest.raises(ConfigurationError):
        configurations("", None, None, None, None)
