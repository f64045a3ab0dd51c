import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botcore.commands.parsing import (
    BadArguments,
    CommandForm,
    NotACommand,
    ParsedCommand,
    Parser,
    Takes,
    fold,
)
from botcore.commands.parsing.corpus import bench_corpus

IDS = Takes.ORDER_IDS
FORMS = (
    CommandForm(
        "order",
        ("order", "check", "status", "order status", "check order", "track"),
        IDS,
        anywhere=True,
        yields=True,
    ),
    CommandForm("refill", ("refill",), IDS, anywhere=True),
    CommandForm("refill status", ("refill status",), IDS, anywhere=True),
    CommandForm("refill verify", ("refill verify",), IDS, anywhere=True),
    CommandForm("cancel", ("cancel",), IDS, anywhere=True),
    CommandForm("speed up", ("speed up", "speedup", "speed-up", "boost", "faster"), IDS, anywhere=True),
    CommandForm("refund", ("refund",), IDS, anywhere=True),
    CommandForm("partial", ("partial",), IDS),
    CommandForm("partial", ("partial refund",), IDS, anywhere=True),
    CommandForm("fake complete", ("fake complete",), IDS),
    CommandForm("balance", ("balance",), Takes.NOTHING),
    CommandForm("services", ("services", "service list", "price list"), Takes.NOTHING),
    CommandForm("ticket", ("ticket",), Takes.TICKET_ID),
    CommandForm("my username", ("my username",), Takes.NOTHING),
    CommandForm("help", ("help", "menu", "commands"), Takes.NOTHING),
    CommandForm("provider status", ("provider status",), IDS, suffix=True),
    CommandForm("resolve", ("resolve",), Takes.ORDER_IDS_AND_TEXT, admin=True),
    CommandForm("broadcast", ("broadcast",), Takes.TEXT, admin=True),
    CommandForm("verify users", ("verify-users",), Takes.TEXT, admin=True),
    CommandForm("config set", ("config set",), Takes.TEXT, admin=True),
    CommandForm("config list", ("config list",), Takes.NOTHING, admin=True),
    CommandForm("bot status", ("status",), Takes.NOTHING, admin=True),
)
PARSER = Parser(FORMS)


def parsed(text: str) -> tuple[str, tuple[int, ...]]:
    answer = PARSER.parse(text)
    assert isinstance(answer, ParsedCommand), answer
    return answer.name, answer.order_ids


def leftover(text: str) -> tuple[str, ...]:
    answer = PARSER.parse(text)
    assert isinstance(answer, ParsedCommand), answer
    return answer.leftover


@pytest.mark.parametrize(
    ("text", "name", "order_ids"),
    [
        ("check 54321", "order", (54321,)),
        ("order 54321, 54322, 54323", "order", (54321, 54322, 54323)),
        ("refill 54321", "refill", (54321,)),
        ("refill 54321 54322 54323", "refill", (54321, 54322, 54323)),
        ("cancel 54321", "cancel", (54321,)),
        ("speed up 54321", "speed up", (54321,)),
        ("refund 54321", "refund", (54321,)),
        ("partial 54321", "partial", (54321,)),
        ("fake complete 54321", "fake complete", (54321,)),
        ("balance", "balance", ()),
        ("services", "services", ()),
        ("ticket 5501", "ticket", (5501,)),
        ("my username", "my username", ()),
        ("help", "help", ()),
        ("speedup my order 54321", "speed up", (54321,)),
        ("!status", "bot status", ()),
        ("!config list", "config list", ()),
        ("refill verify 54321 54322 54323", "refill verify", (54321, 54322, 54323)),
        ("54321,54322 provider status", "provider status", (54321, 54322)),
    ],
)
def test_parse_reads_the_examples_of_the_specification(text, name, order_ids):
    assert parsed(text) == (name, order_ids)


@pytest.mark.parametrize(
    ("text", "name", "order_ids", "rest"),
    [
        (
            "!broadcast Maintenance scheduled tonight 11 PM - 1 AM UTC. Orders will process normally.",
            "broadcast",
            (),
            "Maintenance scheduled tonight 11 PM - 1 AM UTC. Orders will process normally.",
        ),
        ("!broadcast  First Line\n\n*Second* line ", "broadcast", (), "First Line\n\n*Second* line"),
        ("！ＢＲＯＡＤＣＡＳＴ 👨‍👩‍👧 Ｈｉ", "broadcast", (), "👨‍👩‍👧 Ｈｉ"),
        ("!resolve 54321 escalated", "resolve", (54321,), "escalated"),
        ("!resolve 54321 54322 resolved", "resolve", (54321, 54322), "resolved"),
        ("!resolve 54321 54322 ticket created", "resolve", (54321, 54322), "ticket created"),
        ("!Resolve #54321, 54322 & 77: Ticket Created", "resolve", (54321, 54322, 77), "Ticket Created"),
        ("!config set chat_mode ai", "config set", (), "chat_mode ai"),
        ("!config set cooldown_seconds 60", "config set", (), "cooldown_seconds 60"),
        ("!config set marketing_interval_hours 4", "config set", (), "marketing_interval_hours 4"),
        ("!verify-users johndoe123", "verify users", (), "johndoe123"),
    ],
)
def test_parse_keeps_the_rest_of_the_text_as_typed(text, name, order_ids, rest):
    answer = PARSER.parse(text)

    assert isinstance(answer, ParsedCommand)
    assert (answer.name, answer.order_ids, answer.text) == (name, order_ids, rest)


@pytest.mark.parametrize(
    "text",
    [
        "refill 54321,54322",
        "refill 54321 , 54322",
        "refill 54321;54322",
        "refill 54321\n54322",
        "refill 54321/54322",
        "refill 54321|54322",
        "refill #54321 #54322",
        "refill 54321 & 54322",
        "refill 54321 and 54322",
        "refill 54321+54322",
        "refill 54321-54322",
        "54321, 54322 refill please",
        "54321\n54322\nrefill",
        "refill54321 and 54322",
        "54321 54322refill",
        "order id: 54321 and order no. 54322 refill",
        "refill 54321 54322 54321",
        "REFILL ５４３２１ ৫৪৩২২",
        "refill ٥٤٣٢١، ५४३२२",
        "re\u200bfill \u206654321\u2069 54322\u200f",
        "*refill* _54321_ ~54322~",
        "```refill``` `54321` 54322",
        "!refill 54321 54322",
        "/refill 54321 54322",
        ".refill 54321 54322",
        "@919876543210 refill 54321 54322",
        "refill 5️⃣4️⃣3️⃣2️⃣1️⃣ 54322",
        "refilll 54321 54322 plsss",
        "Hello sir, please refill 54321 54322",
        "bhai 54321 54322 refill kar do",
        "refill(54321)(54322)",
        "check 54321 54322 and refill if dropped",
    ],
)
def test_parse_finds_ids_between_any_separators(text):
    assert parsed(text) == ("refill", (54321, 54322))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("refill status 54321", "refill status"),
        ("check refill verify 54321", "refill verify"),
        ("need partial refund 54321", "partial"),
        ("speed-up 54321", "speed up"),
        ("boost 54321", "speed up"),
        ("Speed  Up: 54321!!!", "speed up"),
        ("check 54321 provider status", "provider status"),
        ("refill 54321 provider status", "provider status"),
        ("provider status 54321", "provider status"),
        ("order 54321 status?", "order"),
        ("order 54321 refill", "refill"),
        ("order 54321 is partial, why", "order"),
        ("why is my order 54321 so slow??? speed up pls", "speed up"),
        ("i want refund for order 54321, not refill", "refund"),
        ("i asked refill but now cancel 54321", "cancel"),
        ("54321 refund or cancel", "refund"),
        ("status 54321", "order"),
        ("!status 54321", "order"),
        ("check ticket 54321", "ticket"),
    ],
)
def test_parse_chooses_one_action(text, name):
    assert parsed(text) == (name, (54321,))


@pytest.mark.parametrize(
    ("text", "name", "order_ids"),
    [
        ("refill 54321 and cancel 54322", "refill", (54321,)),
        ("refill 54321\ncancel 54322 54323", "refill", (54321,)),
        ("54321 cancel, 54322 refill", "cancel", (54321,)),
        ("refill 54321 and check 54322", "refill", (54321,)),
        ("refill 54321 and order 54322", "refill", (54321, 54322)),
        ("refill 54321 refill 54322", "refill", (54321, 54322)),
        ("ticket 5501 about refill of 54321", "ticket", (5501,)),
    ],
)
def test_parse_leaves_ids_to_the_action_that_claims_them(text, name, order_ids):
    assert parsed(text) == (name, order_ids)


@pytest.mark.parametrize(
    "text",
    [
        "don't cancel 54321",
        "Don’t cancel 54321",
        "don`t cancel 54321",
        "dont cancel my order 54321",
        "do not please cancel 54321",
        "I do not want to cancel 54321",
        "never cancel 54321",
        "no need cancel 54321",
        "no need to cancel order 54321",
        "no cancel 54321",
        "stop cancel 54321",
        "54321 don't cancel",
        "i didn't cancel 54321",
        "why can't i cancel 54321",
        "don't, cancel 54321",
        "I am not asking cancel 54321",
        "54321 cancel mat karo",
        "54321 cancel nahi karna",
        "54321 cancel korben na",
        "jangan cancel 54321",
        "don't cancel 54321, refill it",
        "cancel 54321 not 54321",
        "cancel 54321 but not order 54321",
    ],
)
def test_parse_never_acts_on_what_is_forbidden(text):
    assert PARSER.parse(text) == NotACommand(order_ids=(54321,))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("54321 not working, refill", "refill"),
        ("not started cancel 54321", "cancel"),
        ("please stop, cancel 54321", "cancel"),
        ("refill 54321 not received", "refill"),
        ("54321 refill nahi hua", "refill"),
        ("54321 refill kardo na", "refill"),
        ("54321 dont cancel, refill", "refill"),
        ("54321 cancel nahi refill karo", "refill"),
    ],
)
def test_parse_acts_when_the_negation_is_about_something_else(text, name):
    assert parsed(text) == (name, (54321,))


@pytest.mark.parametrize(
    "number",
    [
        "+919876543210",
        "+91 98765 43210",
        "+91-98765-43210",
        "+1 (555) 123-4567",
        "+90 532 123 45 67",
        "(987) 654-3210",
        "987-654-3210",
        "98765-43210",
        "01712345678",
        "12345678901234",
        "https://instagram.com/p/54321",
        "www.site.com/54321",
        "t.me/c/54321/99",
        "panel.example/orders/54321",
        "site.com?id=54321",
        "54321.com",
        "john54321@gmail.com 12.50",
        "$54321",
        "54321$",
        "৳54321",
        "54321 usd",
        "rs 54321",
        "rs54321",
        "54321tk",
        "12.50",
        "1,000 usd",
        "1,000.50",
        "10k",
        "50%",
        "54321 %",
        "12/05/2026",
        "2026-05-12",
        "12.05.2026",
        "10:30",
        "10:30:59",
        "54321.54",
    ],
)
def test_parse_takes_no_other_number_for_an_id(number):
    assert parsed(f"refill 777777 {number}") == ("refill", (777777,))
    if "@" not in number:
        assert PARSER.parse(f"refill {number}") == BadArguments("refill", "no_ids_in_numbers")


@pytest.mark.parametrize(
    ("text", "order_ids"),
    [
        ("refill 54321 ordered 5000 likes", (54321,)),
        ("refill order 54321 likes dropped", (54321,)),
        ("refill 54321, 3 times i asked", (54321,)),
        ("54321 refill since 12 may 2026", (54321,)),
        ("54321 second time asking refill", (54321,)),
        ("refill +91 98765 43210 54321", (54321,)),
        ("54321 refill john_12345 abc98765 7654abc", (54321,)),
        ("refill 54321,54322,54323", (54321, 54322, 54323)),
        ("refill 1,234", (1, 234)),
    ],
)
def test_parse_tells_ids_from_numbers_beside_them(text, order_ids):
    assert parsed(text) == ("refill", order_ids)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("refill 7", (7,)),
        ("refill please 7, 88 and 999", (7, 88, 999)),
        ("cancel my order 543 bro", (543,)),
        ("cancel 2025", (2025,)),
        ("543 provider status", (543,)),
        ("please 543, 544 provider status", (543, 544)),
        ("cancel 123456789012", (123456789012,)),
    ],
)
def test_parse_accepts_short_ids_beside_an_explicit_command(text, expected):
    assert parsed(text)[1] == expected


@pytest.mark.parametrize(
    "text",
    ["543 cancel", "please why cancel is slow 543", "pls cancel my 2025 subscription", "54321 543"],
)
def test_parse_refuses_short_ids_in_free_text(text):
    assert isinstance(PARSER.parse(text), NotACommand)


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("refill 54321", {"54321"}),
        ("refill 9876543210", {"919876543210"}),
        ("refill 919876543210", {"9876543210"}),
        ("refill 123456", {"123456"}),
    ],
)
def test_parse_ignores_known_numbers(text, ignored):
    refused = BadArguments("refill", "no_ids_in_numbers")

    assert PARSER.parse(text, ignore_numbers=frozenset(ignored)) == refused
    assert Parser(FORMS, known_numbers=ignored).parse(text) == refused


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("balance please?", "balance"),
        ("My Balance", "balance"),
        ("what is my balance", "balance"),
        ("check my balance", "balance"),
        ("hi bro show me the price list pls", "services"),
        ("what's my username?", "my username"),
        ("Menu!", "help"),
        ("i need help", "help"),
        ("!balance", "balance"),
        ("balanceeee", "balance"),
        ("!status please", "bot status"),
    ],
)
def test_parse_accepts_courtesy_around_commands_that_take_nothing(text, name):
    assert parsed(text) == (name, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "😂😂😂",
        "keep the balance sheet",
        "balance 500",
        "balance services",
        "help refill",
        "I will cancel my subscription tomorrow",
        "check this out",
        "order more pizza",
        "order 20000 followers tomorrow",
        "what is refill",
        "resolve now",
        "what is the broadcast",
        "!unknown thing",
        "hello! broadcast me",
        "price of 100 likes",
        "provider",
        "my price",
    ],
)
def test_parse_lets_chatter_pass(text):
    assert PARSER.parse(text) == NotACommand()


@pytest.mark.parametrize(
    ("text", "order_ids"),
    [
        ("54321", (54321,)),
        ("where is 54321 and 54322", (54321, 54322)),
        ("resolve 54321 resolved", (54321,)),
        ("what is provider status of 54321", (54321,)),
    ],
)
def test_parse_reports_ids_in_free_text(text, order_ids):
    assert PARSER.parse(text) == NotACommand(order_ids=order_ids)


@pytest.mark.parametrize(
    "text",
    ["hello", "Hi!", "heyyyy sir", "good morning", "hello how are you", "নমস্কার", "@1234567890 salam bhai"],
)
def test_parse_notices_a_greeting(text):
    assert PARSER.parse(text) == NotACommand(greeting=True)


@pytest.mark.parametrize("text", ["good", "ok thanks", "hello I lost my phone", "hi 54321"])
def test_parse_calls_nothing_else_a_greeting(text):
    answer = PARSER.parse(text)

    assert isinstance(answer, NotACommand)
    assert answer.greeting is False


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("refill", BadArguments("refill", "missing_id")),
        ("cancel my order please", BadArguments("cancel", "missing_id")),
        ("ticket", BadArguments("ticket", "missing_id")),
        ("refill status bro", BadArguments("refill status", "missing_id")),
        ("provider status", BadArguments("provider status", "missing_id")),
        ("status", BadArguments("order", "missing_id")),
        ("refill @919876543210", BadArguments("refill", "missing_id")),
        ("refill https://instagram.com/abc", BadArguments("refill", "missing_id")),
        ("!broadcast", BadArguments("broadcast", "missing_text")),
        ("!config set ", BadArguments("config set", "missing_text")),
        ("!resolve", BadArguments("resolve", "missing_id")),
        ("!resolve escalated", BadArguments("resolve", "missing_id")),
        ("!resolve 54321", BadArguments("resolve", "missing_text")),
        ("!resolve +919876543210 resolved", BadArguments("resolve", "no_ids_in_numbers")),
    ],
)
def test_parse_says_what_a_command_lacks(text, answer):
    assert PARSER.parse(text) == answer


def test_parse_counts_unique_ids_against_the_limit():
    parser = Parser(FORMS, id_limit=2)

    assert parsed("refill 54321 54322 54321") == ("refill", (54321, 54322))
    assert parser.parse("refill 54321 54322 54323") == BadArguments(
        "refill", "too_many_ids", given=3, limit=2
    )
    assert parser.parse("!resolve 1 2 3 open") == BadArguments("resolve", "too_many_ids", given=3, limit=2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "refill 54321 this is a scam, third time I ask!!!",
            ("this", "is", "a", "scam", "third", "time", "i", "ask"),
        ),
        ("please refill 54321, thanks", ()),
        ("why is my order 54321 so slow??? speed up pls", ("why", "is", "so", "slow")),
        ("Salam bhai 54321 refill kar do, शुक्रिया", ()),
        ("order no. 54321 cancel", ()),
        ("no response, cancel 54321", ("no", "response")),
        ("refill 54321 or cancel", ("or", "cancel")),
        ("54321 faster please faster", ()),
        ("cancel 54321 https://t.me/abc @919876543210 $5", ()),
    ],
)
def test_parse_leaves_over_what_is_neither_command_id_nor_courtesy(text, words):
    assert leftover(text) == words


def test_parse_returns_the_spelling_as_declared():
    answer = PARSER.parse("SPEED-UP 54321")

    assert isinstance(answer, ParsedCommand)
    assert answer.phrase == "speed up"


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        ("iptal et", "İPTAL ET 54321"),
        ("রিফান্ড চাই", "৫৪৩২১ রিফান্ড চাই ভাই"),
        ("रद्द करो", "भाई रद्द करो ५४३२१"),
        ("الغاء الطلب", "إلغاء الطلب ٥٤٣٢١"),
        ("отмена", "ОТМЕНА 54321 пожалуйста"),
        ("cancelación", "54321 cancelacion por favor"),
        ("取消", "取消54321"),
    ],
)
def test_parse_knows_aliases_of_any_script(alias, text):
    answer = Parser(FORMS, extra_aliases={"cancel": [alias]}).parse(text)

    assert isinstance(answer, ParsedCommand)
    assert (answer.name, answer.order_ids, answer.leftover) == ("cancel", (54321,), ())


@pytest.mark.parametrize(
    "aliases", [{"cancel": ["Re-Fill", "refill"]}, {"unknown": ["x"]}, {"cancel": ["!?"]}]
)
def test_parser_refuses_ambiguous_aliases(aliases):
    with pytest.raises(ValueError, match=r".+"):
        Parser(FORMS, extra_aliases=aliases)


def test_fold_brings_one_spelling_to_one_form():
    assert fold("Ｒéfill\u200b №５４²") == "refill no54 "


def test_corpus_is_mixed():
    commands = [text for text in bench_corpus() if not isinstance(PARSER.parse(text), NotACommand)]

    assert len(commands) * 10 == len(bench_corpus()) * 4


_PIECES = st.sampled_from([
    *("refill", "cancel", "order", "provider status", "!resolve", "!broadcast", "ticket", "don't"),
    *("54321", "7", "+91", "(987)", "$", "5$", "12.5", "10:30", "1,000", "a.com/5", "@9", "#", "ভাই", "５"),
    *("not", "mat", "balance", "provider", "status", "price"),
    *(" ", "\n", ",", "/", "-", ".", "!", "'", "_", "`", "\u200d", "\u0301", "é", "\ud800", "\x00"),
])  # fmt: skip
_TEXTS = (
    st.text() | st.lists(_PIECES, max_size=30).map(" ".join) | st.lists(_PIECES, max_size=30).map("".join)
)


@settings(max_examples=600, deadline=None)
@given(_TEXTS)
def test_parse_never_raises(text):
    answer = PARSER.parse(text)

    if isinstance(answer, BadArguments):
        assert answer.name in {form.name for form in FORMS}
    else:
        assert len(set(answer.order_ids)) == len(answer.order_ids)
        assert all(0 < order_id < 10**12 for order_id in answer.order_ids)
    if isinstance(answer, ParsedCommand):
        form = next(form for form in FORMS if form.name == answer.name)
        assert bool(answer.order_ids) == (form.takes not in {Takes.NOTHING, Takes.TEXT})


@settings(deadline=None)
@given(
    ids=st.lists(
        st.integers(10_000, 10**12 - 1).filter(lambda value: value % 100 != 0), min_size=1, max_size=40
    ),
    separator=st.sampled_from([" ", ",", ", ", ";", "\n", "/", "|", " & ", " and ", " #"]),
    first=st.booleans(),
)
def test_parse_keeps_ids_unique_and_in_order(ids, separator, first):
    listed = separator.join(map(str, ids))

    text = f"{listed} cancel" if first else f"cancel {listed}"

    assert parsed(text) == ("cancel", tuple(dict.fromkeys(ids)))


@settings(deadline=None)
@given(text=st.sampled_from(bench_corpus()), spaces=st.integers(1, 4))
def test_parse_does_not_mind_whitespace(text, spaces):
    assert PARSER.parse(f" {text.replace(' ', ' ' * spaces)} \n") == PARSER.parse(text)


def calls(run: Callable[[], object]) -> int:
    """How many calls, of Python and C alike, the run makes: work, measured without a clock."""
    count = 0

    def on_event(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "54321 ",
        "refill 54321,",
        "54321 cancel dont refill ",
        "dont refill 54321 ",
        "order not ",
        "x 543 provider status ",
        "please provider status ",
        "+1 ((98-",
        "1,2/3.4:5-",
        "a.com/5 @",
        "hiiii ",
        "é\u0301'_`",
    ],
)
def test_parse_works_in_proportion_to_the_length(unit):
    short, long = (f"refill 54321 {unit * times}" for times in (200, 800))

    assert calls(lambda: PARSER.parse(long)) < 5 * calls(lambda: PARSER.parse(short))
