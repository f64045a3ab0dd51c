"""Input that no column can hold is refused before it gets there."""

import pytest


@pytest.mark.parametrize(
    "more",
    [
        {"name": "a\x00"},
        {"other_hosts": ["a\x00.example"]},
        {"message_formats": {"refill": "\x00{oids}"}},
        {"message_formats": {"re\x00fill": "{oids}"}},
    ],
)
def test_nul_is_refused_however_deep(site, more):
    answer = site.api("POST", "/api/v1/providers", {"name": "Panel", "host": "panel.example", **more})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
