"""Whether the API acted on a request, as its attempt shows."""

from __future__ import annotations

import pytest

from sinch_numbers import Attempt, Processed, Sent


@pytest.mark.parametrize(
    ("status_code", "sent", "processed"),
    [
        (None, Sent.NEVER, Processed.NO),
        (None, Sent.UNKNOWN, Processed.MAYBE),
        (None, Sent.ARRIVED, Processed.MAYBE),
        *[(status, Sent.ARRIVED, Processed.NO) for status in (401, 429)],
        *[(status, Sent.ARRIVED, Processed.MAYBE) for status in (408, 500, 502, 503, 504, 599)],
        *[(status, Sent.ARRIVED, Processed.YES) for status in (200, 201, 302, 400, 403, 404, 409)],
    ],
)
def test_an_attempt_says_whether_the_api_processed_the_request(
    status_code: int | None, sent: Sent, processed: Processed
) -> None:
    assert Attempt(status_code=status_code, sent=sent).processed is processed
