"""The command line and the shape of what is printed; the figures themselves are for quiet machines."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from botcore.bench.figures import FIGURES
from botcore.bench.measure import Measure
from botcore.management.commands import bench

REQUIRED = {
    "intake_ratio",
    "queries_per_check",
    "threads_hide_the_wait",
    "own_time_ms_p95",
    "parser_messages_per_s",
    "parser_linear",
    *(
        f"answered_per_s_{chats}_{latency}ms"
        for chats in ("1_chat", "10_chats", "100_chats")
        for latency in (0, 300)
    ),
}


@pytest.fixture
def figures(monkeypatch):
    """Three figures that are ready at once: met, missed, told alone."""
    made = {
        measure.name: measure
        for measure in (
            Measure("ratio", lambda ground: 0.75, "As fast as three quarters.", aim=0.7),
            Measure("queries", lambda ground: 13, "Fewer is better.", aim=12, at_most=True),
            Measure("answers", lambda ground: 123.456, "So many."),
        )
    }
    monkeypatch.setattr(bench, "FIGURES", made)
    monkeypatch.setattr(bench.signal, "signal", lambda *_: None)
    monkeypatch.setattr(bench.embedded, "wait_stopped", lambda timeout_s: True)
    return made


def run(*arguments):
    out = StringIO()
    call_command("bench", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_bench_has_the_required_figures():
    assert set(FIGURES) >= REQUIRED


@pytest.mark.usefixtures("figures")
def test_json_is_one_object():
    assert json.loads(run("--json")) == {
        "ratio": {"value": 0.75, "aim": 0.7, "ok": True},
        "queries": {"value": 13.0, "aim": 12, "ok": False},
        "answers": {"value": 123.5, "aim": None, "ok": True},
    }


@pytest.mark.usefixtures("figures")
def test_only_takes_one_figure():
    assert list(json.loads(run("--only", "queries", "--json"))) == ["queries"]


@pytest.mark.usefixtures("figures")
def test_text_says_aim_verdict_and_meaning():
    lines = run().splitlines()

    assert lines[0].split() == ["ratio", "0.75", "≥", "0.7", "ok"]
    assert lines[1].strip() == "As fast as three quarters."
    assert lines[2].split() == ["queries", "13", "≤", "12", "MISSED"]
    assert lines[4].split() == ["answers", "123.5"]


@pytest.mark.usefixtures("figures")
def test_text_says_that_the_limit_of_the_panel_is_lifted():
    assert "5 calls a second to a panel is lifted" in " ".join(run().split())


@pytest.mark.usefixtures("figures")
def test_unknown_name_is_refused():
    with pytest.raises(CommandError, match="unheard_of"):
        run("--only", "unheard_of")
