"""What a provider means, by rule: the words suppliers' support uses, in the order in which they outweigh each other.

A refusal outweighs a promise ("cannot refill, already done"), a question outweighs both only when nothing is decided.
Done is only what a part of the text says plainly: a "done" that is none would be a lie to the customer.
"""

import re

from botcore.enums import ProviderAnswer

# Nobody writes an answer that long, and the rules look ahead from many places.
LONGEST = 2000
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
_DONE = re.compile(rf"\b{_DONE_WORDS}\b", re.IGNORECASE)
_TICK = re.compile(r"[✅☑✔]")
# In one part of the text with a "done": a promise, a condition, a share. "Refilled, will be checked" has two parts.
_PARTS = re.compile(r"[,;:!\n]|\.(?!\d)| but ", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:will|shall|going to|gonna|once|when|whenever|after|until|till|unless|if|hope|hopefully|almost|nearly|"
    r"half|partly|partially|not sure|let me know|tell me|waiting|none|nobody|nothing|no one|try(?:ing)?)\b.*?\b"
    rf"{_DONE_WORDS}\b|'ll\b.*?\b{_DONE_WORDS}\b|\d ?%\s+{_DONE_WORDS}\b|"
    rf"\b{_DONE_WORDS}\b.*?\b(?:soon|within|shortly|tomorrow|in (?:about |around |next )?(?:\d+|an?|few|some)"
    r"(?: (?:to|-) \d+)? ?-?\s*\d*\s*(?:h|hrs?|hours?|m|mins?|minutes?|d|days?)\b)",
    re.IGNORECASE,
)
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
    text = text[:LONGEST]
    if _REFUSED.search(text):
        return ProviderAnswer.REFUSED
    if _NOT_YET.search(text):
        return ProviderAnswer.IN_PROGRESS
    if _ASKS_WHETHER_DONE.search(text):
        return ProviderAnswer.NEEDS_INFO
    if any(_DONE.search(part) and not _HEDGED.search(part) for part in _PARTS.split(text)):
        return ProviderAnswer.DONE
    if _DONE.search(text):
        return ProviderAnswer.IN_PROGRESS
    if _NEEDS_INFO.search(text):
        return ProviderAnswer.NEEDS_INFO
    if _IN_PROGRESS.search(text):
        return ProviderAnswer.IN_PROGRESS
    if _TICK.search(text):
        return ProviderAnswer.DONE
    return ProviderAnswer.UNCLEAR
