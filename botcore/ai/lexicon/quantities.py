"""Months, units of time, currencies and multipliers, by what they mean."""

from collections.abc import Mapping

from botcore.ai.lexicon import phrases

# Full names and the abbreviations in use; Nepali and Urdu write the same months as Hindi and Arabic script.
_MONTHS = (
    "january, jan, जनवरी, जनवरि, जनवरीमा, جنوری, يناير, জানুয়ারি, জানুয়ারী, januari, ocak, "
    "janeiro, enero, января, январь",
    "february, feb, फ़रवरी, फरवरी, फेब्रुअरी, فروری, فبراير, ফেব্রুয়ারি, februari, subat, "
    "fevereiro, febrero, февраля",
    "march, mar, मार्च, مارچ, مارس, মার্চ, maret, mart, março, marzo, марта, март",
    "april, apr, अप्रैल, अप्रिल, اپریل, أبريل, ابريل, এপ্রিল, nisan, abril, апреля, апрель",
    "may, मई, मे, مئی, مايو, মে, mei, mayis, maio, mayo, мая, май",
    "june, jun, जून, जुन, جون, يونيو, জুন, juni, haziran, junho, junio, июня, июнь",
    "july, jul, जुलाई, जुलाइ, جولائی, يوليو, জুলাই, juli, temmuz, julho, julio, июля, июль",
    "august, aug, अगस्त, अगस्ट, اگست, أغسطس, اغسطس, আগস্ট, agustus, agustos, agosto, августа, август",
    "september, sep, sept, सितंबर, सितम्बर, सेप्टेम्बर, ستمبر, سبتمبر, সেপ্টেম্বর, eylul, setembro, "
    "septiembre, сентября",
    "october, oct, अक्टूबर, अक्टोबर, اکتوبر, أكتوبر, اكتوبر, অক্টোবর, oktober, ekim, outubro, octubre, октября",
    "november, nov, नवंबर, नवम्बर, नोभेम्बर, نومبر, نوفمبر, নভেম্বর, kasim, novembro, noviembre, ноября",
    "december, dec, दिसंबर, दिसम्बर, डिसेम्बर, دسمبر, ديسمبر, ডিসেম্বর, desember, aralik, dezembro, "
    "diciembre, декабря",
)
MONTHS: Mapping[str, int] = {
    word: number for number, block in enumerate(_MONTHS, start=1) for word in phrases(block)
}

_UNITS = {
    "second": "s, sec, secs, second, seconds, detik, saniye, segundo, segundos, секунд, секунды, "
    "сек, ثانية, ثوان, सेकंड, "
    "سیکنڈ, সেকেন্ড",
    "minute": "min, mins, minute, minutes, menit, dakika, dk, minuto, minutos, минут, минуты, "
    "минуту, мин, دقيقة, دقائق, "
    "मिनट, मिनेट, منٹ, মিনিট",
    "hour": "h, hr, hrs, hour, hours, jam, saat, hora, horas, час, часа, часов, ч, ساعة, ساعات, "
    "घंटे, घंटा, घण्टा, ghante, "
    "ghanta, گھنٹے, گھنٹہ, ঘণ্টা, ঘন্টা",
    "day": "d, day, days, hari, gun, dia, dias, día, días, день, дня, дней, يوم, ايام, أيام, दिन, "
    "दिनों, din, دن, দিন",
    "week": "week, weeks, minggu, hafta, semana, semanas, недель, недели, неделя, أسبوع, أسابيع, "
    "हफ्ते, सप्ताह, hafte, "
    "ہفتے, সপ্তাহ",
    "month": "month, months, bulan, ay, mes, meses, mês, месяц, месяца, месяцев, شهر, أشهر, महीने, "
    "महिना, mahine, مہینے, মাস",
}
UNITS: Mapping[str, str] = {word: unit for unit, block in _UNITS.items() for word in phrases(block)}

# A word or sign of money to the codes it may stand for.
_CURRENCIES = {
    "USD": "$, usd, dollar, dollars, dolar, dolares, доллар, долларов, دولار, डॉलर, ডলার, ڈالر, us$",
    "USDT": "usdt, tether",
    "EUR": "€, eur, euro, euros, евро, يورو",
    "GBP": "£, gbp, pound, pounds",
    "INR": "₹, inr, rs, rupee, rupees, rupaye, रुपये, रुपए, रु",
    "PKR": "₨, pkr, rs, rupee, rupees, روپے",
    "NPR": "npr, rs, rupee, rupees, रुपैयाँ, रु",
    "BDT": "৳, bdt, taka, tk, টাকা",
    "IDR": "idr, rp, rupiah",
    "TRY": "₺, tl, lira",
    "BRL": "r$, brl, reais",
    "RUB": "₽, rub, ruble, rubles, рублей, рубля, руб",
    "AED": "aed, dirham, درهم",
    "SAR": "sar, riyal, ريال",
    "EGP": "egp, جنيه",
    "NGN": "₦, ngn, naira",
    "PHP": "₱, php, peso, pesos",
    "VND": "₫, vnd",
    "KZT": "₸, kzt",
    "UAH": "₴, uah",
}
CURRENCY_SIGNS = "$€£₹₨৳₺₽₦₱₫₸₴"


def _currencies() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, block in _CURRENCIES.items():
        words = {one.strip() for one in block.split(",") if one.strip() in CURRENCY_SIGNS}
        words |= phrases(*(one for one in block.split(",") if one.strip() not in CURRENCY_SIGNS))
        for word in words:
            found.setdefault(word, set()).add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


CURRENCIES: Mapping[str, frozenset[str]] = _currencies()

# Words that make the number before them another one.
MULTIPLIERS = phrases(
    "thousand, million, billion, lakh, lakhs, lac, crore, dozen, hundred, हजार, हज़ार, लाख, करोड़, "
    "hazaar, hazar, ہزار, لاکھ",
    "হাজার, লাখ, ribu, juta, bin, milyon, mil, milhao, milhoes, millon, millones, тыс, тысяч, "
    "тысячи, миллион, الف, مليون",
)

# Counted in words before a unit of time: a promise no digit shows.
NUMBER_WORDS = phrases(
    "one, two, three, four, five, six, seven, eight, nine, ten, twelve, twenty, thirty, few, "
    "couple of, several, half an, an",
    "ek, do, teen, char, paanch, kuch, एक, दो, तीन, चार, पांच, कुछ, एक दुई, ایک, دو, تین, چند, এক, "
    "দুই, তিন, কয়েক",
    "satu, dua, tiga, beberapa, bir, iki, uc, birkac, um, uma, dois, duas, tres, alguns, algumas, "
    "un, una, dos, unos, unas",
    "один, одну, два, две, три, несколько, пару, واحد, بضع, بضعة, عدة, خلال",
)
# Days named without a number.
DAY_WORDS = phrases(
    "tomorrow, tonight, by tonight, by evening, next week, next month, आज रात, कल तक, kal tak, "
    "aaj raat, آج رات, کل تک, কাল, ",
    "আজ রাতে, भोलि, besok, malam ini, yarin, bu gece, amanhã, hoje à noite, manana mismo, "
    "esta noche, mañana, завтра, غدا, الليلة",
)
