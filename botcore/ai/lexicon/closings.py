"""Ways to end a letter. Ours end without one, or with the tenant's own signature."""

from botcore.ai.lexicon import phrases

# Whole lines by themselves; what follows them is a name.
CLOSINGS = phrases(
    "best regards, kind regards, warm regards, warmest regards, regards, with regards, best wishes, "
    "sincerely",
    "yours sincerely, sincerely yours, yours truly, yours faithfully, faithfully, respectfully, "
    "cordially, cheers, best",
    "all the best, take care, with kind regards, with best regards, many regards, rgds, warmly, yours",
    "सादर, भवदीय, शुभकामनाओं सहित, सस्नेह, आपका, saadar, shubhkamnaon sahit, shubhkamna sahit, "
    "शुभकामना सहित, नमस्कार सहित",
    "نیک تمنائیں, نیک خواہشات, والسلام, خیر اندیش, مع خالص التحية, مع التحية, مع أطيب التحيات, "
    "تحياتي, وتفضلوا بقبول فائق الاحترام",
    "أطيب التحيات, مع تحياتنا, শুভেচ্ছান্তে, ধন্যবাদান্তে, বিনীত, আন্তরিকভাবে, শুভেচ্ছা সহ, "
    "hormat kami, salam hangat, salam hormat",
    "salam kami, salam, saygilarimizla, saygilarimla, saygilar, sevgiler, sevgilerimizle, "
    "iyi gunler dileriz, iyi calismalar",
    "atenciosamente, att, cordialmente, abracos, um abraco, grande abraco, "
    "com os melhores cumprimentos, melhores cumprimentos",
    "saludos, saludos cordiales, un cordial saludo, un saludo, atentamente, cordiales saludos, "
    "muchos saludos",
    "с уважением, с наилучшими пожеланиями, всего доброго, искренне ваш, искренне ваша, ваш, ваша",
)
# These end a letter only when a name comes behind a comma or on the next line.
THANKS = phrases(
    "thanks, thank you, many thanks, thanks again, thank you so much, thank you very much, "
    "thanks a lot, thx, with thanks",
    "धन्यवाद, शुक्रिया, dhanyavad, dhanyawad, shukriya, شکریہ, شكرا, شكرا لك, ধন্যবাদ, terima kasih, "
    "makasih, tesekkurler",
    "tesekkur ederiz, obrigado, obrigada, muito obrigado, gracias, muchas gracias, спасибо, благодарим",
)
# Words of which one names the writer as a team.
TEAM = phrases(
    "team, support, support team, customer care, customer support, customer service, helpdesk, "
    "help desk, staff, admin",
    "टीम, सहायता टीम, सपोर्ट टीम, टोली, ٹیم, سپورٹ ٹیم, فريق, فريق الدعم, الدعم الفني, خدمة العملاء, "
    "টিম, সাপোর্ট টিম",
    "tim, tim dukungan, tim support, layanan pelanggan, ekip, ekibi, destek ekibi, destek, equipe, "
    "equipe de suporte, suporte",
    "time de suporte, equipo, equipo de soporte, soporte, atencion al cliente, команда, "
    "служба поддержки, команда поддержки",
    "поддержка, assistant, bot, aisupport, ai assistant",
)
