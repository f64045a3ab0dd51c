import pytest

from botcore.ai.dirty import frustration
from botcore.ai.evaluation.dirty_cases import CALM, EVERYDAY, OVERHEARD, UPSET, parse
from botcore.commands.parsing import ParsedCommand


@pytest.mark.parametrize("text", UPSET)
def test_upset_commands_are_dirty(text):
    found = frustration(parse(text), text)

    assert found.is_dirty, found
    assert found.words


@pytest.mark.parametrize("text", CALM)
def test_calm_commands_are_not_dirty(text):
    found = frustration(parse(text), text)

    assert not found.is_dirty, found


def test_the_table_is_large_enough():
    assert len(UPSET) >= 40
    assert len(CALM) >= 30


@pytest.mark.parametrize(
    "parsed",
    [
        ParsedCommand("balance", leftover=("scam",)),
        ParsedCommand("!resolve", (54321,), leftover=("scam",)),
        ParsedCommand("refill", (54321,)),
    ],
)
def test_no_id_the_team_and_nothing_left_over_are_never_dirty(parsed):
    assert frustration(parsed, "54321 scam").score == 0


def test_emphasis_alone_is_no_anger():
    text = "REFILL 54321 ORDER AND TELL SUPPORT PLEASE!!!"

    assert not frustration(parse(text), text).is_dirty


def test_emphasis_makes_a_feeling_louder():
    quiet, loud = "refill 54321 why again", "refill 54321 why again???"

    assert frustration(parse(loud), loud).score > frustration(parse(quiet), quiet).score


def test_a_lukewarm_message_is_marked_for_a_second_opinion():
    text = "refill 54321 why dropped"

    found = frustration(parse(text), text)

    assert (found.is_dirty, found.is_unsure) == (False, True)


@pytest.mark.parametrize("text", [*OVERHEARD, *EVERYDAY])
def test_words_that_nothing_explains_are_marked_too(text):
    found = frustration(parse(text), text)

    assert (found.is_dirty, found.is_unsure) == (False, True), found


@pytest.mark.parametrize(
    "text",
    [
        "please refill 54321, thanks",
        "refill 54321 it dropped",
        "hi sir please cancel my order 54321, wrong link, sorry",
        "refill 54321 count went down from 12000 to 11000",
        "54321 refill kar do bhai drop ho gaya hai",
        "cancelar 54321 por favor, link errado",
        "отмена 54321 пожалуйста, ошибся ссылкой",
        "refill 54321 for Anna",
    ],
)
def test_plain_reasons_and_courtesy_need_no_second_opinion(text):
    assert not frustration(parse(text), text).is_unsure


def test_ordinary_calm_commands_hardly_ever_need_one():
    asked = [text for text in CALM if frustration(parse(text), text).is_unsure]

    assert len(asked) <= len(CALM) // 15, asked


def test_words_come_from_the_lexicon_not_from_the_customer():
    text = "refill 54321 my name is Anna and you are scammmmmers"

    assert frustration(parse(text), text).words == ("scammers",)


def test_long_texts_are_quick_and_cut():
    text = "refill 54321 " + "blah " * 20_000 + "scam"

    assert not frustration(parse(text), text).is_dirty
