"""What children tell, read as it is meant: payloads as the library's records give them, every case of the suite."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botcore.gateway.embedded.events import read_event
from botcore.gateway.embedded.lines import decode
from botcore.gateway.errors import BadWebhook
from botcore.tests.gateway.cases import CASES, case_of, files_of, load
from botcore.tests.gateway.facts import facts

FILES = files_of("embedded")
LACKS = {
    "own_by_api": "the library tells nothing of what was sent through it",
    "member_added_as_object": "it tells the ids of members alone",
    "deleted": "nobody but us deletes a session",
}


def test_every_case_is_brought_or_said_why_not():
    assert {case_of(path) for path in FILES} >= CASES - LACKS.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_read_as_it_is_meant(path):
    body, means = load(path)

    if means == [{"kind": "bad"}]:
        with pytest.raises(BadWebhook):
            read_event(json.loads(body))
    else:
        assert [facts(event) for event in read_event(json.loads(body))] == means


@given(data=st.data())
def test_one_with_a_piece_torn_out_is_read_or_bad(data):
    body, _ = load(data.draw(st.sampled_from(FILES)))
    at = data.draw(st.integers(0, len(body)))
    torn = body[:at] + data.draw(st.sampled_from([b"", b"null", b"{}", b"[]", b'"x"', b"7"])) + body[at + 1 :]

    if (told := decode(torn)) is not None:
        with contextlib.suppress(BadWebhook):
            read_event(told)
