"""How customers say the commands in other languages: words for what they want, by command.

Case, accents and digits of other scripts do not matter (fold.py). English stands in the command table itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

_WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "hindi": {
        "order": ("चेक", "चेक करो", "स्टेटस", "ऑर्डर कहाँ है", "order kahan hai", "order kaha hai", "status batao"),
        "refill": ("रिफिल", "रीफिल", "refill karo", "refill kar do", "refill kardo"),
        "cancel": ("रद्द", "रद्द करो", "कैंसल", "कैंसिल", "cancel karo", "cancel kar do", "cancel kardo"),
        "speed up": (
            "जल्दी करो",
            "तेज करो",
            "स्पीड बढ़ाओ",
            "jaldi karo",
            "jaldi kar do",
            "tez karo",
            "fast karo",
        ),
        "refund": ("रिफंड", "पैसे वापस", "paise wapas", "paisa wapas", "refund karo", "refund kar do"),
        "balance": ("बैलेंस", "बैलेंस कितना है", "balance kitna hai"),
        "help": ("मदद", "madad"),
    },
    "urdu": {
        "order": ("چیک", "چیک کرو", "آرڈر کہاں ہے"),
        "refill": ("ریفل", "ریفل کرو"),
        "cancel": ("منسوخ", "منسوخ کرو", "کینسل", "کینسل کرو"),
        "speed up": ("جلدی کرو", "تیز کرو", "اسپیڈ بڑھاؤ"),
        "refund": ("ریفنڈ", "پیسے واپس"),
        "balance": ("بیلنس",),
        "help": ("مدد",),
    },
    "bengali": {
        "order": ("চেক", "চেক করুন", "স্ট্যাটাস", "অর্ডার কোথায়", "order kothay"),
        "refill": ("রিফিল", "রিফিল করুন", "refill koren", "refill koro"),
        "cancel": ("বাতিল", "বাতিল করুন", "ক্যানসেল", "cancel koro", "cancel koren"),
        "speed up": ("দ্রুত করুন", "তাড়াতাড়ি করুন", "স্পিড বাড়ান", "taratari koro", "speed barao", "speed baran"),
        "refund": ("রিফান্ড", "টাকা ফেরত", "taka ferot"),
        "balance": ("ব্যালেন্স",),
        "help": ("সাহায্য",),
    },
    "nepali": {
        "order": ("चेक गर", "अर्डर कहाँ छ", "order kaha cha"),
        "refill": ("रिफिल गर", "refill gara"),
        "cancel": ("रद्द गर", "रद्द गर्नुहोस्", "cancel gara", "cancel gardinus"),
        "speed up": ("छिटो गर", "छिटो गर्नुहोस्", "chito gara", "chito gardinus"),
        "refund": ("पैसा फिर्ता", "paisa firta"),
        "help": ("सहयोग",),
    },
    "indonesian": {
        "order": ("cek", "cek order", "cek pesanan", "status pesanan"),
        "refill": ("isi ulang", "refil", "tolong refill"),
        "cancel": ("batal", "batalkan", "tolong batalkan"),
        "speed up": ("percepat", "percepatkan", "cepetin", "cepatkan"),
        "refund": ("kembalikan uang", "uang kembali", "pengembalian dana"),
        "balance": ("saldo", "cek saldo"),
        "services": ("layanan", "daftar layanan", "daftar harga"),
        "ticket": ("tiket",),
        "help": ("bantuan",),
    },
    "arabic": {
        "order": ("حالة الطلب", "تحقق", "أين طلبي"),
        "refill": ("تعويض", "إعادة تعبئة"),
        "cancel": ("إلغاء", "الغاء الطلب"),
        "speed up": ("تسريع", "سرع الطلب"),
        "refund": ("استرداد", "استرجاع المال"),
        "balance": ("رصيد", "الرصيد", "رصيدي"),
        "services": ("الخدمات", "قائمة الخدمات"),
        "ticket": ("تذكرة",),
        "help": ("مساعدة",),
    },
    "turkish": {
        "order": ("sipariş durumu", "kontrol et", "siparişim nerede"),
        "refill": ("telafi", "telafi et", "yeniden doldur"),
        "cancel": ("iptal", "iptal et"),
        "speed up": ("hızlandır", "hızlandırın"),
        "refund": ("iade", "iade et", "para iadesi"),
        "balance": ("bakiye", "bakiyem"),
        "services": ("servisler", "hizmetler"),
        "help": ("yardım",),
    },
    "portuguese": {
        "order": ("status do pedido", "consultar pedido", "verificar pedido"),
        "refill": ("reposição", "repor"),
        "cancel": ("cancelar", "cancela"),
        "speed up": ("acelerar", "acelera"),
        "refund": ("reembolso", "reembolsar", "estorno"),
        "balance": ("meu saldo",),
        "services": ("serviços", "lista de serviços"),
        "help": ("ajuda",),
    },
    "spanish": {
        "order": ("estado del pedido", "estado", "consultar", "verificar"),
        "refill": ("recarga", "rellenar", "reponer"),
        "cancel": ("anular",),
        "speed up": ("apurar", "más rápido"),
        "refund": ("devolución", "devolver dinero"),
        "balance": ("mi saldo",),
        "services": ("servicios", "lista de servicios"),
        "help": ("ayuda",),
    },
    "russian": {
        "order": ("статус", "статус заказа", "проверить", "проверь"),
        "refill": ("рефилл", "рефил", "восстановить", "докрутить"),
        "cancel": ("отмена", "отменить", "отмени", "отмените"),
        "speed up": ("ускорить", "ускорь", "ускорьте", "ускорение"),
        "refund": ("возврат", "вернуть деньги", "верните деньги"),
        "balance": ("баланс",),
        "services": ("услуги",),
        "ticket": ("тикет",),
        "help": ("помощь",),
    },
}


def spellings() -> Mapping[str, Sequence[str]]:
    """All words of all languages by command, each once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for commands in _WORDS.values():
        for name, words in commands.items():
            found[name].update(dict.fromkeys(words))
    return {name: tuple(words) for name, words in found.items()}
