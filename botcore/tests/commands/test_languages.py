"""The action words in every language, with ids before and behind; a tenant's own words beside them."""

import pytest

from botcore.commands import families  # noqa: F401 -- fills the table
from botcore.commands.parsing import ParsedCommand
from botcore.commands.registry import build_parser
from botcore.tests.factories import BotConfigFactory

WORDS = {
    "hindi": {"refill": ["रिफिल करो", "refill kar do"], "cancel": ["रद्द करो", "cancel kardo"],
              "speed up": ["जल्दी करो", "jaldi karo", "tez karo"]},
    "urdu": {"refill": ["ریفل کرو"], "cancel": ["منسوخ کرو"], "speed up": ["جلدی کرو", "تیز کرو"]},
    "bengali": {"refill": ["রিফিল করুন"], "cancel": ["বাতিল করুন", "cancel koro"],
                "speed up": ["দ্রুত করুন", "taratari koro"]},
    "nepali": {"refill": ["रिफिल गर", "refill gara"], "cancel": ["रद्द गर"], "speed up": ["छिटो गर", "chito gara"]},
    "indonesian": {"refill": ["isi ulang"], "cancel": ["batalkan", "tolong batalkan"], "speed up": ["percepat"]},
    "arabic": {"refill": ["تعويض", "إعادة تعبئة"], "cancel": ["إلغاء"], "speed up": ["تسريع"]},
    "turkish": {"refill": ["telafi et"], "cancel": ["iptal et"], "speed up": ["hızlandır", "HIZLANDIR"]},
    "portuguese": {"refill": ["reposição", "reposicao"], "cancel": ["cancelar"], "speed up": ["acelerar"]},
    "spanish": {"refill": ["recarga"], "cancel": ["anular"], "speed up": ["apurar", "más rápido"]},
    "russian": {"refill": ["рефилл", "восстановить"], "cancel": ["отменить", "Отмена"], "speed up": ["ускорить"]},
}  # fmt: skip
CASES = [
    (language, command, phrase)
    for language, commands in WORDS.items()
    for command, phrases in commands.items()
    for phrase in phrases
]
FORMS = ["{} 54321 54322", "{} 54321, 54322", "54321 54322 {}", "54321,54322 {}"]


@pytest.fixture(scope="module")
def parser():
    return build_parser()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("language", "command", "phrase"), CASES)
def test_action_with_its_ids(parser, language, command, phrase, form):
    parsed = parser.parse(form.format(phrase))

    assert isinstance(parsed, ParsedCommand)
    assert (parsed.name, parsed.order_ids) == (command, (54321, 54322))


@pytest.mark.parametrize(
    "text",
    [
        "cancel mat karo 54321",
        "jangan batalkan 54321",
        "iptal etme 54321",
        "não cancelar 54321",
        "не отменить 54321",
    ],
)
def test_a_no_is_not_carried_out(parser, text):
    parsed = parser.parse(text)

    assert not isinstance(parsed, ParsedCommand) or parsed.name != "cancel"


class TestOwnWords:
    @pytest.fixture
    def owner(self, chat):
        return chat.as_("owner")

    def test_are_taken_from_the_next_message_on(self, owner, chat):
        assert chat.say("dobara 54322").keys == ()

        assert (
            owner.say('!config set command_aliases {"refill": ["dobara", "phir se bharo"]}').key
            == "config_set"
        )

        assert chat.say("dobara 54322").key == "refill_submitted"
        assert chat.say("54326 phir se bharo").key == "refill_submitted"

    def test_built_in_words_go_on(self, owner, chat):
        owner.say('!config set command_aliases {"refill": ["dobara"]}')

        assert chat.say("check 54321").key == "order_status"
        assert chat.say("batalkan 54321").key == "cancel_submitted"

    @pytest.mark.parametrize(
        "value",
        [
            '{"cancel": ["refill"]}',
            '{"refill": ["batalkan"]}',
            '{"nonsense": ["word"]}',
            '{"refill": "dobara"}',
            '{"refill": [""]}',
            '{"refill": [1]}',
            '["refill"]',
            "dobara",
            "{",
        ],
    )
    def test_what_fits_no_command_is_refused(self, owner, chat, value):
        said = owner.say(f"!config set command_aliases {value}")

        assert said.key == "config_invalid"
        assert chat.say("refill 54322").key == "refill_submitted"

    @pytest.mark.parametrize(
        "stored",
        [
            '{"cancel": ["refill"]}',
            '{"nonsense": ["word"]}',
            "{",
            "[]",
            '{"refill": [1]}',
            '{"help": ["help"]}',
        ],
    )
    def test_bad_value_in_the_database_never_silences_the_bot(self, chat, tenant, stored):
        BotConfigFactory(tenant=tenant, key="command_aliases", value=stored)

        assert chat.say("refill 54322").key == "refill_submitted"
        assert chat.say("help").key == "help"

    def test_neighbours_words_are_not_ours(self, chat, other_tenant):
        BotConfigFactory(tenant=other_tenant, key="command_aliases", value='{"refill": ["dobara"]}')

        assert chat.say("dobara 54322").keys == ()

    def test_words_are_no_patterns(self, owner, chat):
        owner.say('!config set command_aliases {"refill": ["(bha+ro)+$"]}')

        assert chat.say("bharobharobharobharobharobharobharobharo! 54322").keys == ()
        assert chat.say("check 54321").key == "order_status"
