"""What a model must not say unless the plain text says it: deeds done, topics of money, promises, its own inside.

DONE: the claim that something has happened. TOPICS: words that must not even come up by themselves.
"""

from collections.abc import Mapping

from botcore.ai.lexicon import phrases

# A claim may be licensed by the claim itself (in any language) or by an English status in the plain text.
DONE: Mapping[str, frozenset[str]] = {
    "refunded": phrases(
        "has been refunded, have been refunded, was refunded, were refunded, is now refunded, "
        "got refunded, we refunded",
        "i refunded, i have refunded, we have refunded, i've refunded, we've refunded, "
        "refund is done, refund done",
        "refund completed, refund is complete, refund has been processed, refund processed, "
        "refund was processed",
        "refund approved, refund has been approved, refund is approved, refund confirmed, "
        "refund issued, money is back",
        "refund has been issued, money has been returned, money returned, credited back, "
        "has been credited, now refunded",
        "already refunded, been refunded, successfully refunded, back on your panel balance, "
        "back in your balance",
        "you are refunded, refund has been made, refund has been sent, refund is on its way, "
        "refund has been initiated",
        "refund ho gaya, refund kar diya, refund ho chuka, paise wapas kar diye, "
        "paise wapas ho gaye, paise wapas aa gaye",
        "रिफंड हो गया, रिफंड कर दिया, रिफंड हो चुका, पैसे वापस कर दिए, पैसा वापस कर दिया, "
        "पैसे वापस हो गए, رقم واپس کر دی",
        "ریفنڈ کر دیا, ریفنڈ ہو گیا, রিফান্ড করা হয়েছে, রিফান্ড হয়েছে, টাকা ফেরত দেওয়া হয়েছে, "
        "रकम फिर्ता गरियो, रिफन्ड गरियो",
        "पैसा फिर्ता भयो, रिफन्ड भयो, telah dikembalikan, sudah dikembalikan, dana dikembalikan, "
        "uang kembali, تم استرداد",
        "تم رد المبلغ, تم ارجاع, تم إرجاع, تمت اعادة المبلغ, iade edildi, iade edilmistir, "
        "iadeniz yapildi, foi reembolsado",
        "foi reembolsada, foi estornado, foi devolvido, ha sido reembolsado, fue reembolsado, "
        "hemos reembolsado",
        "se ha reembolsado, dinero devuelto, деньги возвращены, возврат выполнен, возврат оформлен, "
        "средства возвращены",
        "вернули деньги, возврат произведен",
    ),
    "refund_promised": phrases(
        "is refunded, are refunded, refund will be, will be refunded, will refund, "
        "will get a refund, will receive a refund",
        "get your money back, your money back, full refund, receive your refund, will be credited, "
        "get refunded, be refunded",
        "get your refund, refund soon, refund ho jayega, refund mil jayega, paise wapas mil, "
        "paise wapas aa jayenge",
        "रिफंड मिल जाएगा, रिफंड हो जाएगा, पैसे वापस मिल, ریفنڈ مل جائے, টাকা ফেরত পাবেন, "
        "akan dikembalikan, سيتم استرداد",
        "سيتم رد, iade edilecek, paraniz iade, sera reembolsado, dinheiro de volta, "
        "vamos reembolsar, vai ser reembolsado",
        "vamos a reembolsar, le devolveremos, te devolveremos, вернем деньги, деньги вернутся, "
        "будет возвращен",
    ),
    "canceled": phrases(
        "has been canceled, has been cancelled, was canceled, was cancelled, is now canceled, "
        "is now cancelled, is canceled",
        "is cancelled, been canceled, been cancelled, we canceled, we cancelled, i canceled, "
        "i cancelled, i've cancelled",
        "i've canceled, i have canceled, i have cancelled, cancellation is complete, cancellation completed",
        "cancellation confirmed, cancellation is confirmed, cancellation is done, successfully canceled",
        "successfully cancelled, will be canceled, will be cancelled, now cancelled, now canceled",
        "cancel ho gaya, cancel kar diya, cancel ho chuka, cancel ho jayega, रद्द हो गया, "
        "रद्द कर दिया, रद्द हो चुका",
        "कैंसल हो गया, कैंसिल हो गया, कैंसिल कर दिया, منسوخ ہو گیا, منسوخ کر دیا, বাতিল হয়েছে, "
        "বাতিল করা হয়েছে, রद्द गरियो",
        "रद्द गरिएको छ, रद्द भयो, telah dibatalkan, sudah dibatalkan, berhasil dibatalkan, تم الغاء, "
        "تم إلغاء, iptal edildi",
        "iptal edilmistir, iptal oldu, foi cancelado, foi cancelada, ja cancelado, "
        "ha sido cancelado, ha sido cancelada",
        "fue cancelado, hemos cancelado, se ha cancelado, отменен, отменён, отменили, был отменен",
    ),
    "refilled": phrases(
        "has been refilled, have been refilled, was refilled, refill is complete, refill completed, "
        "refill is done",
        "refill done, successfully refilled, we refilled, i refilled, will be refilled, "
        "refill has started, refill started",
        "refill ho gaya, refill kar diya, refill ho jayega, रिफिल हो गया, रिफिल कर दिया, "
        "ریفل ہو گیا, রিফিল হয়েছে",
        "রিফিল করা হয়েছে, रिफिल भयो, telah direfill, sudah direfill, تمت اعادة التعبئة, تم التعويض, "
        "yeniden dolduruldu",
        "telafi edildi, foi reposto, reposicao concluida, ha sido rellenado, recarga completada, "
        "восстановлен, докрутили",
    ),
    "completed": phrases(
        "has been delivered, fully delivered, is delivered, has been completed, is complete now, "
        "is now complete, is done now",
        "has been sped up, was sped up, has been resolved, is resolved, is fixed, has been fixed, "
        "problem solved, issue solved",
        "पूरा हो गया, पूरा हो चुका, pura ho gaya, poora ho gaya, مکمل ہو گیا, সম্পন্ন হয়েছে, "
        "पूरा भयो, telah selesai, sudah selesai",
        "اكتمل طلبك, تم اكتمال, تم التسليم, tamamlandi, teslim edildi, foi concluido, foi entregue, "
        "se ha completado",
        "ha sido completado, ha sido entregado, выполнен полностью, завершен, завершён, доставлен",
    ),
}
# An English status in the plain text, or another claim there, that licenses a claim.
LICENSED_BY_STATUS: Mapping[str, str] = {"canceled": "canceled", "completed": "completed"}
LICENSED_BY_CLAIM: Mapping[str, str] = {"refund_promised": "refunded"}

TOPICS: Mapping[str, frozenset[str]] = {
    "refund": phrases(
        "refund, refunds, refunded, refunding, reimburse, reimbursement, reimbursed, money back, chargeback",
        "रिफंड, रिफन्ड, पैसे वापस, पैसा वापस, paise wapas, ریفنڈ, رقم واپس, রিফান্ড, টাকা ফেরত, "
        "फिर्ता, pengembalian dana",
        "refund dana, استرداد, رد المبلغ, iade, reembolso, reembolsado, reembolsar, estorno, "
        "estornado, reembolsamos",
        "возврат, возмещение, вернем, вернём, возвращены",
    ),
    "guarantee": phrases(
        "guarantee, guaranteed, guarantees, i promise, we promise, promised, i assure, we assure, "
        "definitely will, for sure",
        "100%, गारंटी, पक्का वादा, guarantee deta, vaada, गारन्टी, گارنٹی, ضمانت, গ্যারান্টি, "
        "garansi, dijamin, kami jamin, ضمان",
        "نضمن, garanti, garanti ediyoruz, soz veriyoruz, garantia, garantido, garantimos, "
        "prometemos, garantizado",
        "garantizamos, гарантия, гарантируем, гарантирую, обещаем, обещаю",
    ),
    "gift": phrases(
        "compensation, compensate, discount, coupon, bonus, free of charge, for free, voucher, "
        "free refill, gift",
        "मुआवजा, छूट, muft, मुफ्त, مفت, ক্ষতিপূরণ, ছাড়, kompensasi, diskon, gratis, تعويض, خصم, "
        "مجانا, tazminat, indirim",
        "ucretsiz, compensacao, desconto, gratuito, compensacion, descuento, компенсация, "
        "компенсацию, скидка, скидку, бесплатно",
    ),
}

# Our own inside, or the model speaking of itself.
LEAKS = phrases(
    "system prompt, system message, my instructions, these instructions, i was instructed, my rules, "
    "as an ai, as a language",
    "language model, large language, chatgpt, openai, gpt-4, i am an ai, i'm an ai, i am a bot, "
    "customer_message, plain_reply",
    "developer mode, jailbreak, ignore previous, ignore all previous, api key, api_key, json object, "
    "placeholder",
    "सिस्टम प्रॉम्प्ट, prompt del sistema, instrucciones del sistema, prompt do sistema, "
    "системный промпт, sistem istemi",
    "modelo de lenguaje, modelo de linguagem, языковая модель, نموذج لغوي, موجه النظام, dil modeli, "
    "model bahasa",
)
