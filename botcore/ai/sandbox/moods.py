"""The fake model's ear for moods: a few words of its own, not those of the lexicon, so that the two can disagree."""

import re

from botcore.commands.parsing import fold

# Beginnings of words.
_BITTER = (
    "embarrass", "clown", "fool", "circus", "trusted", "regret", "trustpilot", "gave up", "grandmother", "snail",
    "congratulations", "ruin", "insult", "lawyer", "crook", "con artist", "shut down", "even real", "run a business",
    "never order", "never buy", "last time i", "my boss is", "explain to my", "patience", "sick and", "furious",
    "bewakoof", "ullu", "dukan band", "bharosa", "vergonzoso", "arrependid", "decepcao", "enrolando", "tomando el pelo",
    "perder el tiempo", "больше никогда", "терпение", "цирк", "ugrasmaktan", "guvenmistim", "pisman", "nyesel",
    "bikin malu", "مهزلة", "ندمت", "भरोसा", "उल्लू",
)  # fmt: skip
_PATTERN = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(fold(start)) for start in _BITTER)})")


def sounds_upset(text: str) -> bool:
    return _PATTERN.search(fold(text)) is not None
