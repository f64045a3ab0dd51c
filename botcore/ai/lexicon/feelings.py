"""What upset customers write, by how much it says: English, Hindi and Hinglish, Urdu, Bengali, Nepali, Indonesian,
Arabic, Turkish, Portuguese, Spanish, Russian.

STRONG is enough alone, so is COMPLAINT; MEDIUM and MILD need company. CALM takes a phrase out of the count.
"""

from botcore.ai.lexicon import phrases

STRONG = phrases(
    "scam, scammer, scammers, scamming, scammed, fraud, frauds, fraudster, cheat, cheater, cheaters, "
    "cheating, cheated",
    "thief, thieves, liar, liars, lying, worst, pathetic, useless, terrible, horrible, awful, "
    "disgusting, shame, shameful",
    "ridiculous, rubbish, garbage, trash, bullshit, shit, fuck, fucking, wtf, damn, idiot, idiots, "
    "stupid, nonsense, joke",
    "fed up, sick of, tired of, losing my, lost my, robbed, stealing, stole, steal, ripped off, "
    "rip off, fake panel",
    "waste of, wasted my, never again, again and again, unacceptable, hate, angry, disappointed, "
    "disappointing, frustrated",
    "frustrating, annoying, annoyed, irritating, bad service, poor service, very bad, so bad, "
    "too bad, bakwas service, wth",
    "report you, complaint against, chargeback, paypal dispute, dispute, police, consumer court, "
    "legal action, last warning",
    # Said in many ways: the money back, the thief, the threat
    "money back, my money back, want my money, give back my money, return my money, "
    "give me my money, paise wapas, paisa wapas",
    "paisa vapas, paise vapas, पैसे वापस, पैसा वापस, پیسے واپس, টাকা ফেরত, पैसा फिर्ता, "
    "kembalikan uang, uang kembali, balikin",
    "فلوسي رجعوا, رجعوا فلوسي, رجع فلوسي, ارجعوا, رجعولي, paramı, parami, parami geri, param nerede, "
    "caldiniz, calmissiniz",
    "devolvam, devolve meu, meu dinheiro de volta, quero meu dinheiro, devuelvan, devuelvanme, "
    "devuelveme, quiero mi dinero",
    "mi plata, верните, верните деньги, где деньги, сперли, украли, lost patience, patience is over, "
    "sick and tired, crap",
    "hopeless, nightmare, shady, dishonest, bogus, fooling, fool, fooled, screw, screwed, sucks, "
    "suck, fake service, cheap tricks",
    "worse, unprofessional, irresponsible, negligent, poor support, bad support, worst support, "
    "zero support, thieving, con",
    # Hindi, Hinglish, Urdu
    "dhoka, dhokha, dhokebaaz, dhokebaz, chor, chori, chutiya, bakwas, bakwaas, ghatiya, ghatia, "
    "bekar, bekaar, loot, loot liya",
    "thag, thagi, jhoot, jhootha, jhuth, jhutha, pagal, pareshan, paresan, tang aa, tang a gaya, "
    "sharam, sharm karo, gadha",
    "harami, kutta, kamina, madarchod, bc, mc, barbaad, barbad, faltu, fraudiya, lutera",
    "धोखा, धोखेबाज, धोखेबाज़, चोर, बकवास, घटिया, बेकार, फ्रॉड, लूट, ठग, झूठ, झूठा, परेशान, शर्म, तंग आ, स्कैम, फालतू",
    "دھوکہ, دھوکا, چور, بکواس, گھٹیا, بیکار, فراڈ, لوٹ, جھوٹ, جھوٹے, پریشان, شرم, تنگ آ, سکیم",
    # Bengali, Nepali
    "প্রতারক, প্রতারণা, ধোঁকা, চোর, বাটপার, ফালতু, বাজে, জঘন্য, ফ্রড, মিথ্যা, মিথ্যুক, বিরক্ত, "
    "স্ক্যাম, protarok, batpar, faltu, baje",
    "chor, mittha, birokto, ठगी, ठग्यो, धोका, झुट, झूटो, बेकम्मा, काम नलाग्ने, रिस उठ्यो, वाक्क, "
    "दिक्क, thagi, jhuto, dikka",
    # Indonesian
    "penipu, penipuan, tipu, nipu, ditipu, bohong, pembohong, kecewa, parah, payah, jelek, buruk, "
    "sampah, goblok, bangsat",
    "anjing, kesal, marah, mengecewakan, terburuk, ga becus, gak becus, tidak becus, kapok",
    # Arabic
    "نصاب, نصابين, نصب, احتيال, محتال, محتالين, سرقة, حرامي, حرامية, كذاب, كذابين, كذب, اسوا, سيء, "
    "سيئ, سيئة, زبالة, خايس",
    "فاشل, فاشلين, غشاش, غش, مهزلة, عيب, عار, زهقت, طفشت, مللت, تعبت منكم, حسبي الله, حسبنا الله",
    # Turkish
    "dolandirici, dolandiricilar, dolandirildim, dolandirdiniz, sahtekar, sahtekarlar, yalanci, "
    "yalancilar, rezalet, rezil",
    "berbat, kotu hizmet, en kotu, biktim, yeter artik, sikayetvar, sikayet edecegim, hirsiz, "
    "hirsizlar, kazik, utanin, ayip",
    # Portuguese
    "golpe, golpista, golpistas, fraude, ladrao, ladroes, mentira, mentiroso, mentirosos, pessimo, "
    "pessima, horrivel, lixo",
    "vergonha, porra, merda, caralho, absurdo, palhacada, enganacao, cansado disso, cansei, pior, "
    "decepcionado, reclame aqui",
    "procon, palhaco, picaretas",
    # Spanish
    "estafa, estafador, estafadores, fraude, ladron, ladrones, mentira, mentiroso, mentirosos, "
    "pesimo, pesima, horrible, basura",
    "verguenza, mierda, joder, carajo, harto, harta, peor, decepcionado, decepcionada, robo, "
    "me robaron, inaceptable, asco",
    "estoy molesto, enojado, una burla",
    # Russian
    "обман, обманщик, обманщики, обманули, мошенник, мошенники, мошенничество, кидалы, кидала, "
    "развод, разводилы, лохотрон, вор",
    "воры, ужас, ужасно, ужасный, отвратительно, кошмар, позор, худший, худшая, достали, достало, "
    "надоело, сколько можно, блять",
    "бля, блин, нахуй, хуйня, говно, врете, вранье, жулики, бесит, издеваетесь, сил нет",
)
COMPLAINT = phrases(
    "still, not working, not work, doesn't work, does not work, didn't work, not received, "
    "not recieved, never received, nothing",
    "not started, not yet started, not start, no response, no reply, nobody, no one, not responding, "
    "ignoring, ignored, ignore",
    "how long, how many times, so many times, many times, third time, second time, fourth time, fifth time",
    "every time, everytime, always, how much longer, too long, so long, so late, too late",
    "too slow, so slow, very slow, super slow, very late, delayed, not happy, unhappy, not good, "
    "not fair, unfair",
    "bad, poor, since yesterday, since morning, since last, for days, for weeks, lost money, "
    "my money, losing customers",
    "lost customers, keeps dropping, all dropped, dropped again, not completed, not delivered",
    "nothing happened, nothing happening, no update, no action, what the, why are you, not solved, "
    "not fixed, stuck, not moving",
    "what is this, what's going on, whats going on, what happened, problem again, again problem, "
    "told you, already told",
    # Nobody answers, nothing moves
    "not acceptable, cannot accept, can't accept, regret, complain, complaint, complaining, "
    "what kind of, what sort of",
    "anybody here, anyone here, somebody there, someone there, hello anyone, lost two, lost many, "
    "lost so many, lost my",
    "lost clients, lost a client, lose customers, lose clients, losing clients, "
    "lost followers because, bahut ho gaya",
    "bohot ho gaya, ho gaya ab, complain karunga, complaint karunga, shikayat, ruka hua, ruka hai, "
    "atka hua, atka hai, phas gaya",
    "शिकायत, रुका हुआ, अटका, शिकायत करूंगा, شکایت, رکا ہوا, অভিযোগ, আটকে, गुनासो, keluhan, komplain, "
    "شكوى, اشتكي, sikayet",
    "reclamar, reclamacao, queja, quejarme, жалоба, жаловаться, صار لي, صارلي, третий день, "
    "второй день, целый день, целую",
    "forever, taking ages, for ages, ages ago, since ages, been ages, zero followers, zero likes, "
    "zero views, zero progress",
    "no followers, no likes, no views, no progress, no movement, no delivery, no start, no result, "
    "no results, no help, no support",
    "no solution, no answer, no change, not a single, not even, not doing anything, doing nothing, "
    "do nothing, did nothing",
    "never answer, never reply, never replies, never answers, never comes, never came, "
    "never started, never works, never work",
    "never delivered, never arrived, nothing works, don't care, do not care, doesn't care, "
    "don't reply, don't answer, not answering",
    "not replying, no one answers, no one replies, anyone there, anybody there, wake up, sleeping, "
    "are you sleeping, asleep, alive",
    "i am waiting, i'm waiting, im waiting, still waiting, been waiting, keep waiting, "
    "waiting since, waiting for days",
    "waiting for hours, waiting so long, waiting too long, have been waiting, how much more, "
    "when will you, when are you going",
    "been a week, been a month, been days, been weeks, been hours, been a day, a week ago, "
    "a month ago, days ago, weeks ago",
    "all day, whole day, whole week, all week, all night, every day, everyday, day after day, "
    "got zero, got nothing, got only",
    "keep asking, kept asking, asked many, told many, told so many, messaged many, repeatedly, "
    "over and over, once again, yet again",
    "not happening, not done, not fixed yet, not refilled, not resolved, still pending, still same, "
    "same problem, same issue",
    "cannot wait, can't wait anymore, can't wait any, enough, enough is enough, had enough, "
    "seriously, come on, come on man",
    "koi sun nahi, koi sunta nahi, sun nahi, sunte nahi, sunta nahi, koi nahi sun, koi reply, "
    "reply kyu, jawab do, jawab kyu",
    "jawab kyun, so rahe, so gaye, so gye, kitna wait, aur kitna, kitna der, kitne ghante, "
    "kitne dino, thak gaya, thak gya",
    "mazak, majak, timepass, time pass, tamasha, natak, had ho gayi, had hai, hadd, bas karo, "
    "kab karoge, kab aayega, kab ayega",
    "kab milega, kab tk, ab tk, abhi tk, roz, roj, dhundh, gayab, jhel, sunwai, koi response, "
    "response nahi, response nhi",
    "कोई सुन नहीं, कोई जवाब, सुनते नहीं, कितना इंतजार, कितना इंतज़ार, सो रहे, मज़ाक, मजाक, हद है, "
    "कब करोगे, कब आएगा, कब मिलेगा",
    "کوئی سن نہیں, کوئی جواب, سو رہے, مذاق, حد ہے, کب ملے گا, کتنا انتظار, কেউ উত্তর, কোনো উত্তর, "
    "কোন উত্তর, আর কত, ঘুমাচ্ছেন, মজা করেন",
    "ar koto, keu reply, kono reply, reply den na, कोही बोल्दैन, जवाफ, कहिले, कति कुर्ने, "
    "kati kurne, jawaf, tidak direspon, ga direspon",
    "gak direspon, ga dibales, gak dibales, tidak dibalas, berapa lama lagi, kapan selesai, "
    "mana janji, udah bosan, capek, cape nunggu",
    "ما احد يرد, ولا احد, مافي احد, ما تردون, ليش ما, وين, كم يوم, كم انتظر, طولتم, طولت, نايمين, "
    "ملينا, cevap verin, cevap vermiyorsunuz",
    "kimse yok, kimse cevap, daha ne kadar, ne kadar bekleyecegim, uyuyor musunuz, bikti, sikildim, "
    "gunlerdir, haftalardir, saatlerdir",
    "ninguem ajuda, ninguem resolve, nao respondem, nao resolvem, quanto tempo mais, quanto tempo, "
    "estao dormindo, toda hora, ja faz",
    "ha dias, nao aguento, perdi, nadie ayuda, no responden, no contestan, cuanto tiempo, "
    "cuanto mas, estan dormidos, me canse",
    "me cansé, cansado, cansada, siempre lo mismo, ya van, no hacen nada, nunca responden, "
    "perdi dinero, никто не отвечает, вы спите",
    "вы там, не отвечаете, не отвечает, опять то же, снова не, сколько еще, сколько ждать, устал, "
    "устала, целую неделю, задолбали",
    "почему так, неделю жду, ноль",
    "asked already, already asked, asked you, asking you, please answer, answer me, reply me, "
    "i paid, paid for",
    # Hindi, Hinglish, Urdu
    "abhi tak, ab tak, kab tak, kab hoga, kab se, kitni baar, kitne din, kitna time, itna time, "
    "itni der, nahi hua, nhi hua",
    "nahi ho raha, nhi ho rha, nahi ho rha, nahi aya, nahi aaya, nhi aya, nahi mila, nhi mila, "
    "kuch nahi, kuch nhi, koi jawab",
    "jawab nahi, reply nahi, reply nhi, wait kar raha, wait kar rha, wait kr rha, intezar, "
    "baar baar, bar bar, har baar, kyu nahi",
    "kyun nahi, kyo nahi, kya kar rahe, kya ho raha, kya natak, paisa, paise, bahut late, "
    "bohot late, bahut slow, bohot slow",
    "itna slow, din ho gaye, din ho gye, dhyan nahi, kaam nahi, problem hai, dikkat",
    "अभी तक, अब तक, कब तक, कब से, कितनी बार, कितने दिन, नहीं हुआ, नहीं आया, नहीं मिला, कुछ नहीं, "
    "जवाब नहीं, बार बार, हर बार",
    "इंतजार, इंतज़ार, पैसा, पैसे, बहुत देर, दिन हो गए, काम नहीं, ابھی تک, اب تک, کب تک, کب سے, "
    "کتنی بار, نہیں ہوا, نہیں آیا, کچھ نہیں",
    "جواب نہیں, بار بار, انتظار, پیسے, دن ہو گئے",
    # Bengali, Nepali
    "এখনো, এখনও, কবে, কতবার, কতদিন, কতক্ষণ, হয়নি, হয় নাই, পাইনি, আসেনি, বারবার, বার বার, অপেক্ষা, "
    "উত্তর নেই, টাকা, কাজ হয় না, ekhono",
    "koto din, kotobar, hoyni, hoy nai, pai nai, asheni, opekkha, taka nilen, अझै, अहिलेसम्म, "
    "कहिलेसम्म, कति दिन, कति पटक, भएन",
    "आएन, पटक पटक, पर्खेको, पर्खिरहेको, ajhai, ahile samma, kati din, kati patak, bhayena, bhaena, "
    "aayena, parkheko",
    # Indonesian
    "masih belum, belum juga, belum masuk, belum jalan, belum selesai, sampai kapan, kapan, "
    "lama banget, lama sekali, kelamaan",
    "lambat, lemot, lelet, tidak masuk, gak masuk, ga masuk, tidak ada respon, gak ada respon, "
    "sudah berapa, berkali-kali",
    "berkali kali, berulang kali, nunggu, menunggu, uang saya, kok belum, gak jelas, ga jelas, "
    "turun terus, drop terus",
    # Arabic
    "لسا, لسه, لسة, حتى الان, الى متى, لمتى, متى, كم مرة, كل مرة, ما وصل, لم يصل, ما اشتغل, لا يعمل, "
    "ما في رد, لا يوجد رد",
    "ما حد يرد, محد يرد, انتظر, منتظر, ننتظر, تاخير, تاخرتم, تاخر, متاخر, بطيء, بطيئ, بطيئة, فلوسي, "
    "فلوس, مشكلة, ليش, لماذا",
    # Turkish
    "hala, halen, daha baslamadi, baslamadi, gelmedi, olmadi, gitmedi, dusuyor, ne zaman, kac kere, "
    "kac kez, kac gun, kac defa",
    "kacinci, bekliyorum, bekliyoruz, cevap yok, cevap vermiyor, donus yok, param, cok yavas, "
    "cok gec, calismiyor, ilgilenen yok",
    "neden, niye, artik",
    # Portuguese
    "ainda nao, ate agora, ate quando, quantas vezes, toda vez, nao chegou, nao comecou, nao caiu, "
    "nao funciona, nao recebi",
    "ninguem responde, sem resposta, estou esperando, esperando, demora, demorando, demorado, "
    "muito lento, meu dinheiro, nada",
    "ate hoje, cade, terceira vez, segunda vez, de novo isso, faz dias, problema de novo, resolvam logo",
    # Spanish
    "todavia, aun no, hasta cuando, cuantas veces, cada vez, no llega, no llego, no empieza, "
    "no empezo, no funciona, no recibi",
    "nadie responde, sin respuesta, estoy esperando, esperando, tarda, tardan, demasiado, muy lento, "
    "mi dinero, hasta ahora",
    "tercera vez, segunda vez, otra vez lo mismo, hace dias, llevo dias",
    # Russian
    "до сих пор, все еще, когда уже, когда наконец, сколько раз, который раз, третий раз, "
    "второй раз, каждый раз, не работает",
    "не пришло, не пришли, не началось, не начали, не идет, не дошло, нет ответа, никто не, жду, "
    "ждем, долго, медленно",
    "мои деньги, деньги взяли, ничего, почему, опять",
)
MEDIUM = phrases(
    "why, never, waiting, zero, anything, forever again, wrong again, late, slow and, kyu, kyun, "
    "kyo, kyon, kaise, kitna, kitni",
    "क्यों, कितना, کیوں, کتنا, কেন, keno, किन, kina, kenapa, kok, mengapa, لماذا, neden, niye, "
    "porque no, por que, porque, почему",
    "pending, delay, again, useless again, terrible again, tired, please hurry up, hurry up",
)
MILD = phrases(
    "slow, urgent, hurry, problem, issue, wrong, wait, nahi, nhi, nahin, kyu, kyun, kyo, der, jaldi",
    "when, what, not, no, dont, don't, dropped, drop, missing, loss, less, incomplete, "
    "pending, bro what, money",
    "क्यों, नहीं, देर, जल्दी, दिक्कत, کیوں, نہیں, دیر, জলদি, তাড়াতাড়ি, কেন, না, keno, কম, किन, "
    "ढिलो, छिटो, kina, dhilo, chito, belum",
    "lama, kok, kenapa, mana, cepat, gak, ga, tidak, بسرعة, سريع, ما, لم, مش, مو, yavas, gec, acil, "
    "hemen, yok, degil, sorun",
    "lento, atrasado, atraso, urgente, porque, por que, nao, problema, rapido, tarde, por favor ya, "
    "no, dinheiro, dinero",
    "срочно, быстрее, нет, не, где, проблема, скорее, деньги",
)
CALM = phrases(
    "no problem, no worries, no issue, no rush, no hurry, not urgent, when you can, "
    "whenever you can, when possible, if possible",
    "when you have time, take your time, not a problem, no need, still love, keep it up, "
    "great service, best service, good service",
    "best panel, love your, thanks for the good, well done, not bad, koi baat nahi, koi nahi, "
    "koi problem nahi, jab time mile",
    "कोई बात नहीं, कोई जल्दी नहीं, کوئی بات نہیں, সমস্যা নেই, কোনো সমস্যা নেই, tidak masalah, "
    "gak masalah, santai, لا مشكلة, مافي مشكلة",
    "على راحتك, sorun degil, sorun yok, acele yok, acelesi yok, sem problema, sem pressa, "
    "sin problema, sin prisa, no hay prisa",
    "без проблем, не срочно, не спешите, ничего страшного, no te preocupes",
)
# How often somebody has asked: enough by itself behind a number.
OFTEN = phrases(
    "times, baar, bar, बार, بار, বার, bar bar, पटक, kali, مرات, kez, kere, vezes, veces, раз, раза"
)
# Between a number and these stands how long or how often: "since 3 days", "3 din se".
SPANS = phrases(
    "second, seconds, minute, minutes, min, mins, hour, hours, hr, hrs, day, days, week, weeks, "
    "month, months, times, time, din",
    "ghante, ghanta, hafte, mahine, baar, bar, दिन, दिनों, घंटे, घंटों, हफ्ते, महीने, बार, دن, "
    "گھنٹے, ہفتے, মাস, দিন, ঘণ্টা, ঘন্টা",
    "সপ্তাহ, বার, din, घण्टा, हप्ता, पटक, hari, jam, minggu, bulan, kali, ايام, يوم, ساعة, ساعات, "
    "اسبوع, شهر, مرات, مرة, gun",
    "gundur, saat, saattir, hafta, haftadir, ay, kez, kere, dia, dias, hora, horas, semana, semanas, "
    "mes, meses, vez, vezes",
    "veces, день, дня, дней, час, часа, часов, неделя, недели, неделю, месяц, раз, раза",
)
SINCE = phrases(
    "since, for, past, passed, gone, been, its, it's, from, after, already, over, more than, se, "
    "ho gaye, "
    "ho gye, se wait, "
    "से, हो गए, سے, ہو گئے, ধরে, হল, হলো",
    "dhore, देखि, भयो, dekhi, bhayo, sudah, udah, dari, sejak, selama, منذ, من, صار, لي, oldu, beri, "
    "gecti, ha, faz, tem, desde, ja",
    "hace, llevo, ya, уже, прошло, жду, целых",
)
ANGRY_SIGNS = frozenset("😡😠🤬😤👿💩🖕👎😒🙄😾😭💢")
