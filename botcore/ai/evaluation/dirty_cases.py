"""Commands of upset and of calm customers, for the detector's tests and for `evalreplies`."""

from functools import cache

from botcore.commands.parsing import CommandForm, ParsedCommand, Parser, Takes

UPSET = (
    "refill 54321 this is a scam, third time I ask!!!",
    "why is my order 54321 so slow??? speed up pls",
    "cancel 54321 still not started since 3 days",
    "speed up 54321 you are the worst panel",
    "refill 54321 still nothing",
    "54321 refill, I am waiting since 5 days",
    "cancel 54321 you people are thieves",
    "refill 54321 3rd time asking",
    "CANCEL 54321 NOBODY ANSWERS HERE",
    "speed up 54321 how long do I have to wait",
    "cancel 54321 fraud panel, give my money back",
    "refill 54321 no response from support",
    "refill 54321 again and again the same story",
    "54321 cancel fed up with this",
    "speed up 54321 so late bro",
    "check 54321 why so late, 4 days gone",
    "refill 54321 😡😡",
    "refill 54321 doesn't work, very bad service",
    "cancel 54321 I am losing customers because of you",
    "order 54321 stuck, speed up, so many times I told you",
    "refill 54321 54322 all dropped, useless",
    "refill 54321 whyyyy nobody is replying",
    "cancel 54321 wasted my money",
    "3 din se wait kar raha hu 54321 refill karo yaar",
    "54321 refill karo bakwas service",
    "54321 cancel karo chor log",
    "bhai 54321 speed up karo abhi tak start nahi hua",
    "54321 refill kab tak hoga kitni baar bolu",
    "54321 रिफिल करो 3 दिन हो गए",
    "54321 कैंसिल करो धोखेबाज",
    "54321 ریفل کرو ابھی تک نہیں ہوا",
    "54321 کینسل کرو فراڈ",
    "54321 রিফিল করেন এখনো হয়নি",
    "54321 ক্যান্সেল করেন প্রতারক",
    "54321 रिफिल गर्नुहोस् अहिलेसम्म भएन",
    "54321 refill tolong sudah 5 hari belum juga masuk",
    "batalkan 54321 penipu",
    "الغاء 54321 نصابين",
    "تعويض 54321 حتى الان ما وصل",
    "54321 iptal edin artık 3 gün oldu rezalet",
    "54321 telafi hala gelmedi",
    "cancelar 54321 isso é golpe",
    "reposição 54321 estou esperando faz 3 dias",
    "cancelar 54321 es una estafa",
    "recarga 54321 todavía no llega nada, llevo 4 días",
    "отмена 54321 сколько можно",
    "рефилл 54321 жду уже 5 дней",
    "отмена 54321 мошенники",
)
CALM = (
    "please refill 54321, thanks",
    "refill 54321 54322 asap pls",
    "refill 54321",
    "54321 cancel",
    "hi sir please cancel my order 54321",
    "REFILL 54321 NOW!!!",
    "refill 54321 no problem take your time",
    "cancel 54321 when you have time, no rush",
    "54321 refill kar do bhai drop ho gaya hai",
    "refill 54321 it dropped a bit",
    "speed up 54321 please, it is urgent",
    "speed up 54321 fast pls",
    "cancel 54321 wrong link, sorry",
    "cancel 54321 I ordered by mistake",
    "check 54321 please and thank you",
    "refill 54321 dropped from 5000 to 4200",
    "refill 54321 30 days guarantee",
    "good morning dear team, refill 54321 please, have a nice day",
    "refill 54321, best panel, thank you",
    "cancel 54321 not urgent",
    "54321, 54322 and 54323 refill please",
    "speed up 54321 for my client, thanks bro",
    "check 54321 is it done?",
    "refill 54321 thanks for the good service",
    "kindly cancel order 54321 and put it on balance",
    "bhai 54321 refill kar dena",
    "54321 speed up kar do please bhai jaldi",
    "54321 रिफिल कर दीजिए, धन्यवाद",
    "54321 ریفل کر دیں شکریہ",
    "54321 রিফিল করে দেন ভাই",
    "54321 रिफिल गरिदिनुहोस् दाइ",
    "tolong refill 54321 kak, terima kasih",
    "الغاء 54321 من فضلك",
    "54321 iptal edin lütfen, teşekkürler",
    "cancelar 54321 por favor, obrigado",
    "recarga 54321 por favor, gracias amigo",
    "отмена 54321 пожалуйста, спасибо",
    "refill 54321 😊🙏",
)

_SPELLINGS = {
    "refill": (
        "refill", "रिफिल", "ریفل", "রিফিল", "تعويض", "telafi", "reposição", "recarga", "рефилл",
    ),
    "cancel": (
        "cancel", "कैंसिल", "کینسل", "ক্যান্সেল", "batalkan", "الغاء", "iptal", "cancelar", "отмена",
    ),
    "speed up": ("speed up",),
    "order": ("order", "check"),
}  # fmt: skip


def parse(text: str) -> ParsedCommand:
    """The command in one of these messages, by the product's parser with a table of its own. Raises ValueError."""
    parsed = _parser().parse(text)
    if not isinstance(parsed, ParsedCommand):
        raise ValueError(text)
    return parsed


@cache
def _parser() -> Parser:
    return Parser(
        CommandForm(name, phrases, Takes.ORDER_IDS, anywhere=True, yields=name in ("order", "speed up"))
        for name, phrases in _SPELLINGS.items()
    )
