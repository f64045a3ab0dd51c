"""Small words, by what they mean to the parser. Plain data; folded once, on import.

English first, then Hindi and Hinglish, Urdu, Bengali, Nepali, Indonesian, Arabic, Turkish, Portuguese,
Spanish, Russian. Names of actions are not here: they come with the command table and its aliases.
"""

import re
from collections.abc import Container

from botcore.commands.parsing.fold import fold


def _words(*lines: str) -> frozenset[str]:
    return frozenset(fold(word) for line in lines for word in line.split())


GREETINGS = _words(
    "hi hii hello helo hellow hllo hey heya hy hlo hlw hiya yo greetings gm gn morning evening",
    "afternoon namaste namaskar namaskaram namaskara salam salaam slm aoa assalam assalamu asalam",
    "assalamualaikum alaikum alaykum walaikum नमस्ते नमस्कार हैलो हेलो সালাম হ্যালো হাই নমস্কার",
    "আসসালামু আলাইকুম سلام السلام عليكم ہیلو مرحبا اهلا halo hallo selamat pagi siang malam merhaba",
    "selam ola oi hola buenas buenos привет здравствуйте",
)

# Words of courtesy and address: they say nothing about what is asked or felt.
_COURTESY = _words(
    "please pls plz plss plzz plese pleas pliz kindly thanks thank thankyou thx thnx tnx ty tysm",
    "thnks thanx welcome sir sirji madam mam maam ma'am miss mister mr bro brother bruh bhai bhaiya",
    "bhaijan vai dear dude man mate boss buddy friend friends team admin support bot jaan ji jee sis",
    "sister guys guru ok okay okey k kk can could would will u you ur your me my mine our us we want",
    "need wanna now krdo kardo kar kr karo kro kare karein karen karna krna karde karden do de dein",
    "dijiye kijiye dijie kijie ko ka ki ke mera meri mere mujhe hai h dost kripya kripaya shukriya",
    "dhanyavad dhanyawad dhanyabad meherbani कृपया प्लीज प्लीज़ धन्यवाद शुक्रिया भाई भैया सर जी मेरा",
    "मेरी मेरे मुझे करो कर दो करें दीजिए कीजिए का की के को है براہ مہربانی پلیز شکریہ بھائی سر جی",
    "میرا میری میرے کرو کر دو کریں دیں کا کی کے کو ہے দয়া করে প্লিজ ধন্যবাদ ভাই ভাইয়া স্যার আমার",
    "করুন করেন করো কর দিন দেন doya kore amar koro koren korun den din गर्नुहोस् दाइ भाइ मेरो दिनुहोस्",
    "gardinus garnus dai mero hajur हजुर tolong mohon terima kasih makasih trims kak kakak gan min",
    "mas mbak pak saya aku dong ya من فضلك لو سمحت شكرا اخي يا استاذ طلبي الخاص بي lutfen tesekkurler",
    "tesekkur ederim sagol abi kardesim hocam benim por favor obrigado obrigada amigo irmao senhor",
    "meu minha valeu pf pfv gracias hermano señor mi porfa porfavor пожалуйста спасибо брат друг мой",
    "моя мне мои плиз",
)

ORDER_NOUNS = _words(
    "order orders odr ordr ordar ऑर्डर आर्डर آرڈر অর্ডার अर्डर pesanan orderan طلب الطلب siparis",
    "siparisim siparisi pedido pedidos orden заказ заказа заказы",
)

# Words that announce an id. "no" only does when a number follows.
ID_NOUNS = _words("id ids oid orderid number numbers num nos nr номер رقم numero numara nomor نمبر नंबर নম্বর")

CONNECTORS = _words("and n plus also y e ve dan aur और اور ar এবং আর ও र и و")

# Grammar that carries no feeling.
_LINKS = _words("for of the it to on in these those ones para de da do del la el los из на")

# Said before a command, yet not empty when said elsewhere ("not good").
_OPENERS = _words(
    "good night day how are there all everyone everybody again just try trying and so ok kaise ho",
    "kaisa hain bom dia boa tarde noite buenos dias tardes noches gunaydin iyi gunler добрый день",
    "вечер wa rahmatullahi wabarakatuh",
)

COURTESY = GREETINGS | _COURTESY
BEFORE_A_COMMAND = COURTESY | _LINKS | _OPENERS
NOT_LEFT_OVER = COURTESY | _LINKS | ORDER_NOUNS | ID_NOUNS | CONNECTORS
BESIDE_AN_ID = BEFORE_A_COMMAND | ORDER_NOUNS | ID_NOUNS | CONNECTORS | {"no"}
BETWEEN_IDS = ORDER_NOUNS | ID_NOUNS | CONNECTORS | {"no"}
SAYS_ID_FOLLOWS = ORDER_NOUNS | ID_NOUNS | {"no"}

# Around a command that takes nothing, as in "what is my balance".
AROUND_A_QUESTION = BEFORE_A_COMMAND | _words(
    "what what's whats wat is show check see get send tell give know how much current a i have left",
    "in account acc view open full panel kitna kitni kya batao bata dikhao kitne क्या कितना बताओ",
)

# A small or round number before one of these counts something ("3 days", "5000 likes"); any other is an id
# with its service ("order 54321 likes not coming").
COUNTED = _words(
    "x time times day days d hour hours hr hrs h minute minutes min mins second seconds sec secs week",
    "weeks month months year years am pm st nd rd th k m lakh lakhs lac crore million billion percent",
    "gb mb din ghanta ghante bar baar followers follower likes like views view subs subscribers",
    "subscriber members member comments comment shares reactions plays watch impressions visits",
    "traffic pcs units quantity qty people accounts ids orders more दिन घंटे बार hari jam menit kali",
    "يوم ايام ساعة مرة gun saat kez dia dias hora horas vez vezes veces день дня дней час часа часов",
    "раз seguidores curtidas takipci begeni подписчиков лайков متابع متابعين لايك pengikut फॉलोवर्स",
)
CURRENCIES = _words(
    "usd usdt dollar dollars bucks eur euro euros gbp pound pounds inr rs rupee rupees rupay rupaye",
    "rupiya pkr npr bdt taka tk idr rp rupiah tl lira brl reais rub ruble rubles rubley aed sar",
    "dirham riyal ngn naira php peso pesos egp trx cent cents रुपये रुपए টাকা روپے ريال درهم دولار",
    "руб рублей долларов",
)
MONTHS = _words(
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september",
    "oct october nov november dec december",
)

# Negation is not understood, only noticed, so that no order is cancelled by "don't cancel".
NEGATORS = _words(
    "don't dont dnt doont donot don never not nt stop without except avoid neither nor can't cant",
    "cannot won't wont didn't didnt doesn't doesnt isn't isnt wasn't wasnt aren't arent weren't",
    "werent haven't havent hasn't hasnt hadn't hadnt couldn't couldnt wouldn't wouldnt shouldn't",
    "shouldnt mustn't mustnt jangan tanpa bukan لا ما لن بدون لم nao nunca jamas не нельзя مت मत",
)
# "no refill" denies the refill; "no idea, refill" does not.
NEGATES_ITS_NEIGHBOUR = _words("no non sin sem нет")
ENDS_WITH_ITS_CLAUSE = _words("stop no")
EXCEPTS = _words("not except without never dont don't")
BEFORE_AN_EXCEPTED_ID = ORDER_NOUNS | ID_NOUNS | _words("for the this")
NEGATORS_AFTER = _words("mat mt मत مت etme etmeyin etmeyiniz yapma istemiyorum istemiyoruz নয়")
# In Hindi "refill nahi hua" complains that none came; with "karna" and the like the same word forbids.
SOFT_NEGATORS = _words("nahi nahin nhi nai nehi नहीं नही নাই نہیں")
PLEADING_NEGATORS = _words("na না ना نہ")  # "refill kardo na" pleads
FORBIDDEN_VERBS = _words(
    "karna krna karni karo kro kare karein karen chahiye chaiye chahie करना करो करें चाहिए کرنا کرو",
    "چاہیے",
)
INFINITIVES = _words("karna krna karni karana करना کرنا")
VERBS_FORBIDDEN_BY_NA = _words("korben koiren koren korbe koro করবেন করবে করো কোরো")
ALL_NEGATORS = NEGATORS | NEGATES_ITS_NEIGHBOUR | NEGATORS_AFTER | SOFT_NEGATORS | PLEADING_NEGATORS

# Words between a negator and an action that neither count as distance nor end the negation.
LIGHT = (
    COURTESY
    | ORDER_NOUNS
    | _words("to want wanna wants need needs it that the a an any ever t be for of have just")
    | _words("quiero queremos quiere deseo necesito quero queremos desejo preciso хочу хотим надо нужно")
    | _words("mau ingin pengen perlu أريد اريد chahta chahti chahiye que se lo la o el")
)
# In "not started cancel 54321" the negation belongs to "started".
TAKES_THE_NEGATION = _words(
    "yet done came got gotten sent started completed delivered received refilled finished working",
    "processing processed moving increasing increased coming arrived updated updating responding",
    "replying solved fixed resolved showing happy good satisfied",
)

_STRETCHED = re.compile(r"([^0-9])\1{2,}")


def unstretched(word: str, known: Container[str]) -> str:
    """ "plsss" as "pls", "refilll" as "refill", when so known; else the word."""
    if word in known or _STRETCHED.search(word) is None:
        return word
    once, twice = _STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)
    return once if once in known else twice if twice in known else word


def is_one_of(word: str, known: Container[str]) -> bool:
    return word in known or unstretched(word, known) in known
