"""How the fake model talks: a few languages, told by script and small words, and set phrases in each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from botcore.commands.parsing import fold

_SCRIPTS = (
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)
_URDU = re.compile("[\u0679\u0686\u0688\u0691\u06a9\u06ba\u06be\u06c1\u06cc\u06d2]")
# Small words that only one of the languages has.
_SMALL_WORDS = {
    "hi-Latn": "ji yeh aap aapki aapka aapke rahi liye kijiye hoon "
    "bhai hai karo kar kab mera mere nahi nhi kya ko se raha gaya hoga yaar abhi din kitna",
    "es": "el los las por favor gracias pedido mi esta hola cuando todavia donde recarga llega es una",
    "pt": "meu minha nao pedido obrigado obrigada voce esta cade reposicao isso ola quando onde e",
    "tr": "siparis siparisim lutfen tesekkurler ne zaman hala edin merhaba icin nerede gelmedi bu",
    "id": "tolong kak saya pesanan belum terima kasih sudah kapan halo kenapa mana yang",
    "en": "the my is please why order still this you thanks and i where when hello",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}


@dataclass(frozen=True, slots=True)
class Voice:
    """opening: before a reply; comfort: before one to somebody upset. Neither holds a fact."""

    opening: str
    comfort: str


VOICES: Mapping[str, Voice] = {
    "en": Voice("Here you go:", "I understand how annoying this is, and I am sorry."),
    "hi": Voice("जी, यह रही आपकी जानकारी:", "आपकी परेशानी समझ सकता हूँ, माफ़ कीजिए।"),
    "hi-Latn": Voice("Ji, yeh rahi aapki jaankari:", "Aapki pareshani samajh sakta hoon, maaf kijiye bhai."),
    "ur": Voice("جی، یہ رہی آپ کی معلومات:", "آپ کی پریشانی سمجھ سکتا ہوں، معذرت۔"),
    "bn": Voice("এই যে আপনার তথ্য:", "আপনার কষ্টটা বুঝতে পারছি, দুঃখিত।"),
    "ar": Voice("تفضل، هذه معلوماتك:", "أتفهم انزعاجك، ونعتذر منك."),
    "ru": Voice("Вот информация по вашему запросу:", "Понимаю ваше недовольство, простите нас."),
    "es": Voice(
        "Hola, esta es la información de tu pedido:", "Entiendo tu molestia por el pedido, lo siento."
    ),
    "pt": Voice(
        "Olá, esta é a informação do seu pedido:", "Entendo o seu incômodo com o pedido, não é agradável."
    ),
    "tr": Voice("Merhaba, siparişiniz için bilgi:", "Bu sizi üzmüş, sizi anlıyorum ve özür dilerim."),
    "id": Voice("Halo kak, ini info pesanan kakak:", "Saya mengerti kekesalan kakak, mohon maaf."),
}


def language_of(text: str) -> str:
    """The language of a short text, English when nothing tells."""
    counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPTS}
    language = max(counts, key=lambda one: counts[one])
    # Ids, names of services and statuses stay Latin in any language: a few letters of a script are enough.
    if counts[language] >= 3:
        return "ur" if language == "ar" and _URDU.search(text) else language
    words = re.findall(r"[^\W\d_]+", fold(text))
    scores = {one: sum(word in small for word in words) for one, small in _WORDS.items()}
    best = max(scores, key=lambda one: scores[one])
    return best if scores[best] > scores["en"] or scores[best] >= 2 else "en"
