"""What could not be read is kept, harmless, and read after a mend."""

import json

import pytest
from django.core.management import call_command

from botcore.domain import kept_webhooks
from botcore.domain.inbox import NumberRef
from botcore.models import InboxMessage, KeptWebhook
from smmbot.testing.worker import outside


@pytest.fixture
def keep(number, clock):
    def run(body, problem="odd"):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        ref = NumberRef(number.pk, number.tenant_id)
        kept_webhooks.keep(number=ref, driver="sandbox", body=raw, problem=problem, now=clock.now)
        return KeptWebhook.objects.order_by("-pk").first()

    return run


def test_keys_and_media_are_left_out_at_any_depth(keep):
    kept = keep(
        {"apikey": "K", "data": [{"message": {"base64": "AAAA", "mediaKey": {"0": 1}, "text": "hi"}}]}
    )

    assert json.loads(kept.body) == {
        "apikey": "…",
        "data": [{"message": {"base64": "…", "mediaKey": "…", "text": "hi"}}],
    }


@pytest.mark.parametrize("body", [b"\xff\x00{", b"[" * 100_000, "é".encode() * 100_000])
def test_anything_can_be_kept(keep, body):
    assert len(keep(body).body.encode()) <= kept_webhooks.LONGEST


def test_only_the_newest_are_kept(keep, monkeypatch):
    monkeypatch.setattr(kept_webhooks, "KEPT_OF_A_NUMBER", 3)
    for at in range(5):
        keep({"at": at})

    assert sorted(json.loads(row.body)["at"] for row in KeptWebhook.objects.all()) == [2, 3, 4]


def test_after_a_mend_it_is_stored(keep, number, clock, capsys):
    keep({"event": "nonsense" * 40, "message": 7})  # read as an event nobody needs
    keep({"event": "message"})  # still not to be read
    keep(
        {
            "event": "message",
            "message": {
                "id": "M1",
                "chat": "15550100011@s.whatsapp.net",
                "sender": {"phone": "15550100011"},
                "text": "check 54321",
                "timestamp": clock.now.timestamp(),
            },
        }
    )

    outside(lambda: call_command("replaywebhooks", "--dry-run"))
    assert not InboxMessage.objects.exists()
    for _ in range(2):
        outside(lambda: call_command("replaywebhooks"))

    assert InboxMessage.objects.get().text == "check 54321"
    assert "3 kept, 2 stored now" in capsys.readouterr().out
    assert KeptWebhook.objects.filter(replayed_at=None).count() == 1
