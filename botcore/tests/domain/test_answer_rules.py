"""What suppliers write, and what it comes to. A "done" that is none is worse than one that is missed."""

import pytest

from botcore.domain.answer_rules import classify

DONE, PROGRESS, REFUSED, INFO, UNCLEAR = "done", "in_progress", "refused", "needs_info", "unclear"
PHRASES = [
    ("done", DONE),
    ("Done sir ✅", DONE),
    ("✅", DONE),
    ("3155,3154 done", DONE),
    ("refilled", DONE),
    ("Refill completed bro", DONE),
    ("cancelled and refunded", DONE),
    ("canceled", DONE),
    ("speeded up", DONE),
    ("ok done", DONE),
    ("fixed, please check", DONE),
    ("ho gaya bhai", DONE),
    ("kar diya sir", DONE),
    ("sudah selesai kak", DONE),
    ("hecho", DONE),
    ("feito", DONE),
    ("готово", DONE),
    ("not done yet", PROGRESS),
    ("not yet done", PROGRESS),
    ("not completed, please wait", PROGRESS),
    ("not refilled yet", PROGRESS),
    ("not cancelled yet sir", PROGRESS),
    ("it isn't done yet", PROGRESS),
    ("will be done today", PROGRESS),
    ("will be refilled soon", PROGRESS),
    ("it will get completed in 24 hours", PROGRESS),
    ("being refilled now", PROGRESS),
    ("in progress", PROGRESS),
    ("processing", PROGRESS),
    ("ok", PROGRESS),
    ("okay sir 👍", PROGRESS),
    ("noted", PROGRESS),
    ("we will check", PROGRESS),
    ("wait 2 hours", PROGRESS),
    ("forwarded to provider", PROGRESS),
    ("belum selesai kak", PROGRESS),
    ("sedang diproses", PROGRESS),
    ("ho jayega", PROGRESS),
    ("не готово", PROGRESS),
    ("cannot refill", REFUSED),
    ("can't cancel now", REFUSED),
    ("cannot refill, already done", REFUSED),
    ("already refunded", REFUSED),
    ("already completed", REFUSED),
    ("rejected", REFUSED),
    ("No refill service", REFUSED),
    ("non refill", REFUSED),
    ("refill not possible", REFUSED),
    ("warranty is over", REFUSED),
    ("wrong id", REFUSED),
    ("order not found", REFUSED),
    ("no drop", REFUSED),
    ("❌", REFUSED),
    ("nahi ho payega", REFUSED),
    ("tidak bisa", REFUSED),
    ("which link?", INFO),
    ("send me the link", INFO),
    ("screenshot please", INFO),
    ("account is private", INFO),
    ("make it public", INFO),
    ("is it done now?", INFO),
    ("hello", UNCLEAR),
    ("3155", UNCLEAR),
    ("good morning everyone", UNCLEAR),
    ("", UNCLEAR),
]


@pytest.mark.parametrize(("text", "answer"), PHRASES)
def test_phrase(text, answer):
    assert classify(text) == answer


@pytest.mark.parametrize(("text", "answer"), [(text, answer) for text, answer in PHRASES if text])
def test_case_and_lines_do_not_matter(text, answer):
    assert classify(f"\n{text.upper()}\n") == answer
