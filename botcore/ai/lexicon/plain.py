"""What calm customers write around a command: why, since when, for whom. It explains a word; it says no feeling.

English first, then Hinglish, Hindi, Urdu, Bengali, Nepali, Indonesian, Arabic, Turkish, Portuguese, Spanish, Russian.
Words of feeling do not belong here, nor what a complaint leans on ("not", "why", "again").
"""

from botcore.commands.parsing import fold
from botcore.commands.parsing import words as parser_words


def _words(*lines: str) -> frozenset[str]:
    return frozenset(fold(word) for line in lines for word in line.split())


# Small words of a sentence.
_GRAMMAR = _words(
    "a an as at be been being but by from if or so such that that's thats there then than they them their he she his",
    "her him this with about after before into over under up down off out only also too some any other another each",
    "both few same own later soon already yet today tonight tomorrow yesterday morning evening night i i'm im i've ive",
    "i'd i'll am are was were is it's its has had have having do does did doing get gets got getting go goes going",
    "gone went because cause cuz coz since while until till which who where anymore longer one two three new old more",
    "most much many bit little lot via per let know thought think guess hope maybe sure actually really may might",
    "must should shall ho hota hoti hote gaya gayi gaye gya gyi hua hui hue hoga aa aaya aya aata raha rahi rahe rha",
    "rhi rhe tha thi hain hoon hu hun dena dedo dijiyega dijiega karke krke wala wali wale par pe mein main mai maine",
    "humne hum aap aapka aapki aapke tum bhi to toh bas sirf phir fir abhi aaj kal jab tab agar lekin magar ya kyunki",
    "kyuki iska uska isko usko ye yeh yah wo woh us sab sabhi thoda thodi zyada jyada kam ek hi hui na",
    "हो गया गयी गई गए हुआ हुई रहा रही रहे था थी हैं हूं हूँ से पर में मैं मैंने हम आप आपका भी तो बस सिर्फ फिर अभी आज",
    "कल जब अगर लेकिन ये यह वो वह इसका सब थोड़ा ज्यादा कुछ एक देना ही ہو گیا گئی گئے ہوا رہا رہی ہیں ہوں سے پر میں نے",
    "ہم آپ بھی تو بس پھر ابھی آج جب اگر لیکن یہ وہ سب تھوڑا ایک হয়ে গেছে গিয়েছে হয়েছে আছে আমি আমরা আপনি আপনার এটা এই",
    "সেটা একটু আজ এখন যদি কিন্তু থেকে জন্য একটা hoye geche ache ami apni eta ekta ektu aj ekhon jonno theke भयो गयो छ",
    "छु हुन् म हामी तपाईं यो त्यो पनि अहिले आज एक लागि गरिदिनुहोस् गरिदिनु भएको gardinu bhayo gayo cha yo ma lagi",
    "ini itu dan atau untuk dengan dari ke di yang sudah udah ada bisa boleh karena hari sekarang nanti lagi juga saja",
    "aja kalau kalo هذا هذه هو هي في على عن مع الى انا نحن انت كان تم قد ثم بعد قبل اليوم الان لان اذا لكن يمكن هل كل",
    "bu su ve ile icin bir da ben biz siz var oldu edin eder misiniz misin musunuz bugun simdi sonra once ama cunku",
    "veya olarak daha um uma o os as no na nos nas com sem por que eu ele ela isso isto este esta foi era sou estou ja",
    "hoje agora depois mas se ou como um un una unos lo los las le en con yo ella eso esto esta este fue es son estoy",
    "hoy ahora despues pero si ya muy mas al я мы вы он она это этот эта в на с у по к о за от до что как если но или",
    "уже сейчас сегодня завтра потом был была было есть так тоже же ли бы вас нас мне",
)
# Reasons and matters of the trade.
_REASONS = _words(
    "wrong mistake mistaken mistakenly accident accidentally typo sorry link links url username account accounts",
    "profile page post posts video videos reel reels story channel private public deleted removed changed change mind",
    "duplicate double twice ordered ordering placed put add added send sent give use using used made make drop drops",
    "dropped dropping decreased reduced fell lost count counts start started starting begin began end ended finish",
    "finished done complete completed completion quantity quality speed fast faster quick quickly asap urgently",
    "important event launch campaign deadline client clients client's customer customers friend friend's partial",
    "refund balance wallet price prices list rate eligible available possible guarantee guaranteed warranty refillable",
    "day days week weeks month hour hours last next first second service services instagram insta ig facebook fb",
    "youtube yt tiktok telegram tg twitter spotify website site needed needs looking check checking see look update",
    "info details status advance nice great good best happy perfect fine well glad love appreciate appreciated help",
    "hope luck everything weekend stand stands deliver delivered delivery delivering arrive arrived remaining remains",
    "running working run tell expected normal slots number original galat galti account link private naya purana jaldi",
    "gir gaye ghat kam ho गलत",
    "गलती लिंक अकाउंट प्राइवेट गिर कम नया غلط غلطی لنک اکاؤنٹ گر کم ভুল লিংক অ্যাকাউন্ট কমে পড়ে bhul link kome गलत",
    "लिंक घट्यो salah akun turun berkurang kurang link ganti رابط خطا غلط حساب نزل نقص تغيير مكرر yanlis hesap gizli",
    "dustu azaldi hata degisti link errado errada engano conta perfil caiu cairam mudei privado duplicado link enlace",
    "equivocado equivocada error cuenta perfil bajo bajaron cayo cayeron cambie privada duplicado ошибка",
    "ошибся ошиблась ошибочно ссылка аккаунт отписались упало закрыт неправильная неверная дубль",
)
PLAIN = (
    _GRAMMAR
    | _REASONS
    | parser_words.AROUND_A_QUESTION
    | parser_words.BESIDE_AN_ID
    | parser_words.COUNTED
    | parser_words.CURRENCIES
    | parser_words.MONTHS
)
