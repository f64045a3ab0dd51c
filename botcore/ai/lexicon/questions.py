"""How a question is told from a statement, in many languages: by a word, by how it begins, by its mark."""

from botcore.commands.parsing import fold

MARKS = frozenset("?؟")
WORDS = frozenset(
    fold(word)
    for line in (
        "why when where how what which who whats what's whens wheres when's where's how's hows kab",
        "kyu kyun kyo kyon kaise kahan kaha kidhar kitna kitni kitne kya kaun कब क्यों कैसे कहाँ",
        "कहां किधर कितना कितनी कितने क्या कौन کب کیوں کیسے کہاں کتنا کتنی کیا কবে কখন কেন কোথায়",
        "কেমন কত কি কী kobe kokhon keno kothay kemon koto किन कहिले कति कसरी kina kahile kati",
        "kasari kapan kenapa mengapa bagaimana gimana mana berapa apa apakah متى لماذا ليش اين وين",
        "كيف كم ماذا هل شو ne neden niye niçin nasil nerede kac mi mu zaman quando onde como",
        "quanto quantos porque qual quais cade cuando donde cuanto cuantos cual cuales que когда",
        "почему где как сколько что зачем какой какая ли",
    )
    for word in line.split()
)
# Questions when they come first: "is 54321 done", but not "54321 is urgent".
OPENINGS = frozenset("is are was were has have had does did do am isn't aren't hasn't doesn't didn't".split())
