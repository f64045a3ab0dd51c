"""What a provider means, by rule: the words suppliers' support uses, in the order in which they outweigh each other.

A refusal outweighs a promise ("cannot refill, already done"), a question outweighs both only when nothing is decided.
"""

import re

from botcore.enums import ProviderAnswer

_REFUSED = re.compile(
    # "can't check now" is no refusal.
    r"\b(?:(?:can'?t|cannot|can not|won'?t)(?! (?:check|see|say|tell|confirm|answer|reply|look|access)\b)|"
    r"not (?:possible|eligible|refillable|applicable|able)|unable|reject(?:ed)?|"
    r"refused?|denied|declined|no (?:refill|refund|cancel|drop|guarantee|warranty)|non[- ]?refill|expired|"
    r"(?:warranty|guarantee|refill (?:period|time)) (?:is )?(?:over|ended|finished)|invalid|wrong id|not found|"
    r"incorrect|already (?:completed|delivered|refunded|refilled|cancell?ed)|nahi ho|not? dropp?ed|"
    r"(?:tidak|ga|gak|nggak) bisa)\b|❌|🚫",
    re.IGNORECASE,
)
_DONE_WORDS = (
    r"(?:done|completed?|finished|refilled|refunded|cancell?ed|fixed|solved|resolved|delivered|sped up|"
    r"speeded(?: up)?|boosted|ho gaya|hogaya|kar diya|selesai|hecho|feito|готово)"
)
# What is said of a thing that has yet to happen: a "done" taken from it would be a lie to the customer.
_NOT_YET = re.compile(
    r"\b(?:not|[a-z]+n['’]t|(?:is|was|has|have|are|did)nt|never|yet to|to|be|being|get|gets|getting|belum|no|não|не)"
    r"(?: (?:yet|been|be|fully|get))*"
    rf" (?:{_DONE_WORDS}|started)\b",
    re.IGNORECASE,
)
_DONE = re.compile(rf"\b{_DONE_WORDS}\b|✅|☑|✔", re.IGNORECASE)
_ASKS_WHETHER_DONE = re.compile(rf"\b{_DONE_WORDS}\b[^.!?\n]*\?", re.IGNORECASE)
_IN_PROGRESS = re.compile(
    r"\b(?:in progress|processing|process(?:ed)? soon|checking|will (?:check|do|be|send|start)|working on|wait(?:ing)?|"
    r"soon|forward(?:ed)?|passed|sent to|noted|pending|started|under (?:review|process)|on it|ok|okay|sure|roger|"
    r"received|hours?|mins?|minutes|tomorrow|today|shortly|add(?:ed)? to|"
    r"diproses|ho jaye?ga|kar denge)\b|⏳|👍|👌",
    re.IGNORECASE,
)
_NEEDS_INFO = re.compile(
    r"\?|\b(?:which|what|send (?:me )?(?:the )?(?:link|id|proof|screenshot|video)|screenshot|proof|"
    r"need (?:the )?(?:link|id)|"
    r"please provide|share (?:the )?link|private|make (?:it )?public|account is private)\b",
    re.IGNORECASE,
)


def classify(text: str) -> ProviderAnswer:
    """Say what a provider's message about a request comes to; never a guess: what no rule knows is unclear."""
    if _REFUSED.search(text):
        return ProviderAnswer.REFUSED
    if _NOT_YET.search(text):
        return ProviderAnswer.IN_PROGRESS
    if _ASKS_WHETHER_DONE.search(text):
        return ProviderAnswer.NEEDS_INFO
    if _DONE.search(text):
        return ProviderAnswer.DONE
    if _NEEDS_INFO.search(text):
        return ProviderAnswer.NEEDS_INFO
    if _IN_PROGRESS.search(text):
        return ProviderAnswer.IN_PROGRESS
    return ProviderAnswer.UNCLEAR
