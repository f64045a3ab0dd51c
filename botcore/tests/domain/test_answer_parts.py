"""Which of a supplier's words are about which order. Two readings that differ are no answer at all."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botcore.domain.answer_parts import answers_by_oid, ids_in

A, B, C = "3155", "3154", "ord_5a3f9c1e20"


def said(text, *oids, known=()):
    return tuple(answer.value for answer in answers_by_oid(text, oids, known).values())


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("3155 done, 3154 rejected", ("done", "refused")),
        ("3155,3154 done", ("done", "done")),
        ("3155 done\n3154 in progress", ("done", "in_progress")),
        ("Hi sir 3155 done, 3154 rejected", ("done", "refused")),
        ("ok 3155 done, 3154 rejected", ("done", "refused")),
        # The verdict first, as in a report.
        ("Done: 3155\nRejected: 3154", ("done", "refused")),
        ("rejected 3155, done 3154", ("refused", "done")),
        ("done 3155, pending 3154", ("done", "in_progress")),
        ("Done:\n3155\n3154", ("done", "done")),
        ("#3155-done #3154-rejected", ("done", "refused")),
        ("3155/3154 done", ("done", "done")),
        ("3155-3154 done", ("done", "done")),
        # It can be read both ways.
        ("rejected 3155, 3154 done", ("unclear", "unclear")),
        ("done 3155, rejected 3154, ok sir", ("unclear", "unclear")),
        ("ok 3155 done, 3154", ("done", "unclear")),
        ("all done except 3155", ("unclear", "unclear")),
        ("3155 and 3154 all done but not 3154", ("unclear", "unclear")),
        ("3155 pending. 3155 and 3154 done", ("unclear", "done")),
        # Others are spoken of as well.
        ("3155 done, 3199 rejected", ("done", "unclear")),
        ("3155 in progress, rest done", ("in_progress", "unclear")),
        ("3155 start 15000 now done", ("done", "unclear")),
        # None is named.
        ("all done", ("done", "done")),
        ("", ("unclear", "unclear")),
    ],
)
def test_words_of_each_order(text, answers):
    assert said(text, A, B) == answers


def test_word_about_an_order_that_is_settled_is_not_its_neighbours():
    assert said("3155 rejected, 3154 done", B, known=[A]) == ("done",)
    assert said("3155 done, 3154 rejected", B, known=[A]) == ("refused",)


def test_ids_with_letters():
    assert said(f"{C}-done, 3154 cannot", C, B) == ("done", "refused")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("3155 done", {"3155", "done"}),
        ("3155-done", {"3155-done", "3155"}),
        ("3155-3154 ok", {"3155-3154", "3155", "3154"}),
        ("ord_3155", {"ord_3155"}),
        ("ord_3155-ok", {"ord_3155-ok", "ord_3155"}),
        ("no", set()),
    ],
)
def test_what_may_be_an_id(text, ids):
    assert ids_in(text) == ids


@given(st.text(alphabet="3154 ,.-_:\nadonecrj✅?", max_size=80))
def test_never_raises_and_answers_for_all_that_was_asked(text):
    assert set(answers_by_oid(text, {A, B}, {C})) == {A, B}


@pytest.mark.parametrize("piece", ["will ", "3155-", "done in ", "once done ", "not yet "])
def test_long_messages_take_no_time(piece):
    began = time.perf_counter()
    answers_by_oid(piece * 13_000, {A, B})

    assert time.perf_counter() - began < 2
