import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botcore.ai import guard, prompts
from botcore.ai.evaluation import cases
from botcore.domain.replies.texts import TEXTS

STATUS, REFILL, CANCEL, SEVERAL = cases.STATUS, cases.REFILL, cases.CANCEL, cases.SEVERAL
EXPIRED, COOLDOWN = cases.EXPIRED, cases.COOLDOWN
PLAINS = [
    STATUS,
    REFILL,
    CANCEL,
    cases.SPEED_UP,
    EXPIRED,
    cases.NOT_ELIGIBLE,
    COOLDOWN,
    SEVERAL,
    cases.BALANCE,
]
CANCELED = "✅ *Order 54321 is Canceled*\nWhat was not delivered is back on your panel balance."


def codes(source, candidate, **options):
    return [one.code for one in guard.violations(source, candidate, **options)]


@pytest.mark.parametrize("plain", PLAINS)
def test_the_source_itself_passes(plain):
    assert codes(plain, plain) == []


@pytest.mark.parametrize("key", [key for key, text in TEXTS.items() if text.full])
def test_every_sentence_of_ours_passes_as_it_is(key):
    text = TEXTS[key].full
    assert codes(text, text, prompt=prompts.REWORD) == []


FAITHFUL = [
    (STATUS, "Tu pedido 54321 está In Progress. Instagram Followers [30D Refill]. Inicio 1.204, faltan 300 de 1.000. "
             "Costo: 0,90 USD."),
    (STATUS, "आपका ऑर्डर ५४३२१ In Progress है। Instagram Followers [30D Refill], शुरू १,२०४, बाकी ३०० / १,०००, $0.90"),
    (STATUS, "Заказ 54321 - In Progress. Instagram Followers [30D Refill]: старт 1 204, осталось 300 из 1000, 0,9 USD"),
    (STATUS, "طلبك ٥٤٣٢١ حالته In Progress. Instagram Followers [30D Refill] البداية ١٬٢٠٤ "
             "والمتبقي ٣٠٠ من ١٬٠٠٠ و 0.90 USD"),
    (STATUS, "*In Progress* · order 54321, still running: 300 of 1,000 left (start 1,204), Instagram Followers "
             "[30D Refill], 0.90 USD. Order 54321 is on its way."),
    (EXPIRED, "El pedido 54321 no se puede recargar: su periodo de 30 días terminó el 3 de mayo de 2026."),
    (EXPIRED, "Заказ 54321 нельзя восполнить: срок в 30 дней закончился 3 мая 2026."),
    (EXPIRED, "Order 54321: the 30-day window closed on May 3, 2026, so no refill any more."),
    (EXPIRED, "ऑर्डर 54321 का रिफिल नहीं हो सकता, 30 दिन 3 मई 2026 को खत्म हो गए।"),
    (EXPIRED, "Pesanan 54321 tidak bisa direfill: masa 30 hari berakhir 2026-05-03."),
    (COOLDOWN, "Ya lo estamos viendo: pedido 54321. Puedes pedirlo de nuevo en 11 horas 59 minutos."),
    (CANCEL, "Cancelación solicitada para el pedido 54321, Instagram Followers [30D Refill]. El proveedor tiene que "
             "aceptar; lo entregado se queda y el resto se reembolsa a tu saldo. *check 54321*"),
    (SEVERAL, "54322 is Completed with 0 left; 54321 is In Progress with 300 left; 54323 is Partial, 1,250 left; "
              "54324 was not found."),
    (SEVERAL, "In Progress: 54321 (300 left)\nCompleted: 54322 (0)\nPartial: 54323 (1,250)\n54324: not found"),
    (cases.BALANCE, "*anna_media*, tienes 1.012,40 USD de saldo."),
    (cases.SERVICES, "Mira nuestros precios: https://yourpanel.example/services."),
    (CANCELED, "Done: order 54321 has been cancelled, it is Canceled, and your money is back in your balance."),
    (REFILL.replace("1,000", "1500"), REFILL.replace("1,000", "1,500")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "candidate"), FAITHFUL)
def test_faithful_wordings_pass(source, candidate):
    assert codes(source, candidate) == []


UNFAITHFUL = [
    (STATUS, "", "empty"),
    (STATUS, "  \n", "empty"),
    (STATUS, STATUS + "blah " * 300, "too_long"),
    (STATUS, STATUS.replace("300", "301"), "number_new"),
    (STATUS, STATUS.replace("300 of ", ""), "number_missing"),
    (STATUS, STATUS.replace("54321", ""), "id_missing"),
    (STATUS, STATUS.replace("54321", "54,321"), "number_new"),
    (STATUS, STATUS.replace("1,204", "⑤"), "number_new"),
    (STATUS, STATUS + " In 2 hours!", "number_new"),
    (STATUS, STATUS.replace("1,000", "1,000 thousand"), "number_new"),
    (STATUS, STATUS.replace("300", "300k"), "number_new"),
    (STATUS, STATUS.replace("300", "-300"), "number_new"),
    (STATUS, STATUS.replace("In Progress", "Completed"), "status_new"),
    (STATUS, STATUS.replace("In Progress", "चल रहा है"), "status_missing"),
    (STATUS, STATUS.replace("In Progress", "In Progress (पूरा हो गया)"), "claims_completed"),
    (STATUS, STATUS.replace("USD", "EUR"), "currency_changed"),
    (STATUS, STATUS.replace(" USD", ""), "currency_missing"),
    (STATUS, STATUS.replace("1,204", "1,204 USD"), "currency_changed"),
    (STATUS, STATUS.replace("30D", "30h"), "unit_changed"),
    (STATUS, STATUS.replace("300", "300 hours"), "unit_changed"),
    (STATUS, STATUS.replace("1,204", "@").replace("300", "1,204").replace("@", "300"), "label_changed"),
    (STATUS, STATUS + "\nIt will be ready tomorrow.", "time_new"),
    (STATUS, STATUS + "\nIt takes a few hours.", "time_new"),
    (STATUS, STATUS + "\nएक घंटा लगेगा", "time_new"),
    (COOLDOWN, COOLDOWN.replace("11 h", "11 days"), "unit_changed"),
    (EXPIRED, EXPIRED.replace("May", "June"), "date_new"),
    (EXPIRED, EXPIRED.replace(" on 3 May 2026", ""), "date_missing"),
    (EXPIRED, EXPIRED.replace("3 May", "4 May"), "date_new"),
    (REFILL, REFILL.replace("Cx12345", "Cx12346"), "link_new"),
    (REFILL, REFILL.replace("Cx12345", "cx12345"), "link_new"),
    (REFILL, REFILL.replace("https://www.instagram.com/p/Cx12345/?igsh=aB3", ""), "link_missing"),
    (REFILL, REFILL + " Pay at evil.example/pay", "link_new"),
    (REFILL, REFILL + " Write to @fastsupport", "contact_new"),
    (REFILL, REFILL + " Write to me@mail.example", "contact_new"),
    (REFILL, REFILL + "\nIt has been refilled.", "claims_refilled"),
    (REFILL, REFILL + "\nYou will get a refund.", "claims_refund_promised"),
    (REFILL, REFILL + "\nIt is guaranteed.", "promises_guarantee"),
    (REFILL, REFILL + "\nTake this bonus.", "promises_gift"),
    (REFILL, REFILL + "\nपैसे वापस कर दिए हैं।", "claims_refunded"),
    (REFILL, REFILL + "\nاطمئن تم استرداد المبلغ", "claims_refunded"),
    (REFILL, REFILL + "\nИтак, деньги возвращены.", "claims_refunded"),
    (REFILL, REFILL + "\nSu pedido ha sido reembolsado.", "claims_refunded"),
    (REFILL, REFILL + "\nParanız iade edildi.", "claims_refunded"),
    (REFILL, REFILL + "\nটাকা ফেরত দেওয়া হয়েছে", "claims_refunded"),
    (REFILL, REFILL + "\nDana sudah dikembalikan.", "claims_refunded"),
    (CANCEL, CANCEL + "\nYour money has been refunded.", "claims_refunded"),
    (CANCEL, CANCEL + "\nIt has been cancelled.", "status_new"),
    (CANCEL, CANCEL + "\nऑर्डर रद्द कर दिया गया", "claims_canceled"),
    (CANCEL, CANCEL + "\nPedido foi cancelado", "claims_canceled"),
    (SEVERAL, SEVERAL.replace("In Progress · 300", "Completed · 0").replace("54322* · Completed · 0",
              "54322* · In Progress · 300"), "mixed_up"),
    (SEVERAL, SEVERAL.replace("1,250", "300").replace("· 300 left\n*54322", "· 1,250 left\n*54322"), "mixed_up"),
    (SEVERAL, "In Progress: 54321 (0)\nCompleted: 54322 (300)\nPartial: 54323 (1,250)\n54324: none", "mixed_up"),
    (REFILL, REFILL + "\n\nBest regards,\nSupport", "sign_off"),
    (REFILL, REFILL + "\nAs an AI I cannot say more.", "leak"),
    (REFILL, '{"reply": "' + REFILL + '"}', "leak"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "candidate", "code"), UNFAITHFUL)
def test_unfaithful_wordings_are_caught(source, candidate, code):
    assert code in codes(source, candidate)


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("smmcost.com has it", "smmcost.com"),
        ("SMM Cost has it", "smmcost.com"),
        ("S.M.M.C.O.S.T has it", "smmcost.com"),
        ("ask JAP", "JAP"),
        ("ask Boost-Lab", "BoostLab"),
        ("ｓｍｍｃｏｓｔ has it", "smmcost.com"),
    ],
)
def test_forbidden_names_are_caught_in_any_dress(text, forbidden):
    assert "forbidden_name" in codes(REFILL, f"{REFILL}\n{text}", forbidden=[forbidden])


def test_forbidden_short_names_are_words_and_what_we_say_ourselves_is_allowed():
    assert codes(REFILL, f"{REFILL}\nVery japanese", forbidden=["JAP"]) == []
    named = f"{REFILL}\nProvider: smmcost.com"
    assert codes(named, named, forbidden=["smmcost.com"]) == []


def test_nothing_of_the_prompt_may_be_quoted():
    stolen = " ".join(prompts.REWORD.split()[:12])

    assert "leak" in codes(REFILL, f"{REFILL}\n{stolen}", prompt=prompts.REWORD)


def test_the_customers_text_is_not_said_back():
    text = "you all are thieves and liars"

    assert "echo" in codes(REFILL, f"{REFILL}\nYou all are thieves, and liars", customer_text=text)
    assert codes(REFILL, REFILL, customer_text="refill status 54321") == []


def test_an_answer_may_leave_facts_out_but_not_add_or_mix_them_up():
    assert codes(SEVERAL, "54321 is In Progress.", may_omit=True) == []
    assert codes(SEVERAL, "54321 is Completed.", may_omit=True) == ["mixed_up"]
    assert "number_new" in codes(SEVERAL, "99999 is In Progress.", may_omit=True)
    assert "unbound" in codes(SEVERAL, "It is In Progress.", may_omit=True)


def test_a_number_said_more_often_than_by_us_may_be_a_changed_one():
    source = "Order 54321: 20 of 30, then 20 more"

    assert "number_repeated" in codes(source, "Order 54321: 20 of 30, then 30 more")


_NUMBERS = st.one_of(
    st.integers(1, 999).map(str),
    st.integers(1000, 9_999_999).map(lambda number: f"{number:,}"),
    st.decimals(0, 10_000, places=2).map(lambda number: f"{number} USD"),
    st.integers(1, 60).map(lambda number: f"{number} min"),
)
_LABELS = ["Start count", "Remains", "Quantity", "Charge", "Speed", "Waiting", "Since"]


@st.composite
def _replies(draw):
    order = draw(st.integers(10_000, 99_999_999))
    labels = draw(st.lists(st.sampled_from(_LABELS), unique=True, max_size=5))
    lines = [f"{label}: {draw(_NUMBERS)}" for label in labels]
    link = draw(st.sampled_from(["", "Link: https://t.example/p/12ab9?x=3", "Until 3 May 2026, 14:05"]))
    return "\n".join([f"*Order {order}* · In Progress", *lines, *([link] if link else [])])


@given(_replies(), st.integers(0, 10_000), st.integers(1, 9))
def test_a_changed_digit_is_always_caught(source, which, by):
    digits = [at for at, char in enumerate(source) if char.isdigit()]
    at = digits[which % len(digits)]
    changed = source[:at] + str((int(source[at]) + by) % 10) + source[at + 1 :]

    assert guard.violations(source, changed) != []


@given(_replies(), st.randoms(use_true_random=False))
def test_a_reordering_is_not(source, shuffling):
    lines = source.split("\n")
    shuffling.shuffle(lines)

    assert guard.violations(source, "\n".join(lines)) == []


@given(st.permutations(SEVERAL.split("\n")))
def test_orders_may_change_places(lines):
    assert guard.violations(SEVERAL, "\n".join(lines)) == []


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_makes_it_raise(source, candidate):
    guard.violations(source, candidate, forbidden=["smmcost.com", ""], prompt=prompts.REWORD)


@given(st.text(alphabet="0123456789.,:-$ aA/\n@%k", max_size=400))
def test_a_text_of_numbers_passes_itself(text):
    if text.strip() and not re.search(r"[@/]", text):
        assert [code for code in codes(text, text) if code not in ("sign_off", "number_new")] == []


def test_long_texts_are_quick():
    text = "".join(random.Random(1).choice("ab1.,:/@- \n") for _ in range(20_000))

    guard.violations(text, text)
