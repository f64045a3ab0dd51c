import pytest

from botcore.ai import sign_off
from botcore.domain.replies.texts import TEXTS

BODY = "Speed-up request submitted for #54321.\nWe passed it on."


@pytest.mark.parametrize(
    "signature",
    [
        "Best regards,\nSupport",
        "Best regards,\nSupport Team",
        "\nKind regards,\n*Support Team*",
        "Thanks, the team",
        "Thanks,\nAnna",
        "Thank you,\nThe Support Team 🙏",
        "— X",
        "— Support Team",
        "~ Anna",
        "Support Team",
        "The Support Team",
        "Team SMM King",
        "Sincerely,\nAnna\nCustomer Care",
        "Warm regards 😊",
        "सादर,\nसहायता टीम",
        "धन्यवाद,\nसपोर्ट टीम",
        "Dhanyavad,\nSupport Team",
        "والسلام\nسپورٹ ٹیم",
        "مع أطيب التحيات،\nفريق الدعم",
        "শুভেচ্ছান্তে,\nসাপোর্ট টিম",
        "Hormat kami,\nTim Dukungan",
        "Saygılarımızla,\nDestek Ekibi",
        "Atenciosamente,\nEquipe de Suporte",
        "Saludos cordiales,\nEl equipo de soporte",
        "С уважением,\nКоманда поддержки",
    ],
)
def test_sign_offs_are_taken_off(signature):
    assert sign_off.strip(f"{BODY}\n{signature}") == BODY


@pytest.mark.parametrize(
    "signature",
    ["Best regards, Support Team", "Thanks, the team", "— Anna", "С уважением, команда поддержки."],
)
def test_a_sign_off_behind_the_last_sentence_is_taken_off(signature):
    assert sign_off.strip(f"{BODY} {signature}") == BODY


def test_two_signatures_are_both_taken_off():
    assert sign_off.strip(f"{BODY}\n\nBest regards,\nAnna\n\nSupport Team") == BODY


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"{BODY}\nThank you for your patience.",
        f"{BODY}\nThank you!",
        f"{BODY}\nPlease write to our team.",
        f"{BODY}\nIt is now with our team",
        "Your orders:\n- Completed\n- Partial",
        "Options:\n– Refill\n– Cancel",
        "*54321* · In Progress\n— 300 left",
        "Thanks, we passed your refill for order 54321 to our team",
        "",
    ],
)
def test_content_stays(text):
    assert sign_off.strip(text) == text
    assert sign_off.find(text) == ""


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_our_own_sentences_stay(key):
    assert sign_off.find(TEXTS[key].full) == ""


def test_nothing_but_a_sign_off_leaves_nothing():
    text = "Best regards,\nSupport Team"

    assert sign_off.find(text) == text
    assert not sign_off.strip(text)
