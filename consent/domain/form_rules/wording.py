"""Which words in the text beside a box speak of which channel, in each language."""

import re

from consent.models import Channel
from customers.models import Language

# A letter, digit or hyphen on either side makes it another word: "bel" is not in "belang" or "e-mailadres".
WORD = r"(?<![\w-])(?:{})(?![\w-])"

# Names of an address, which say nothing about the channel.
NEUTRAL = {
    Language.NL: (r"naar mijn (?:mobiele )?telefoon",),
    Language.EN: (r"phone numbers?", r"to my (?:mobile )?phone", r"e-?mail address(?:es)?"),
}

PHONE_CALL = {
    Language.NL: (
        r"bel|belt|bellen|gebeld|opbellen|opgebeld|belletjes?"
        r"|telefoons?|telefonisch|telefoontjes?|telefoongesprek(?:ken)?"
    ),
    Language.EN: r"call|calls|called|calling|phone|phones|phoned|telephone|ring me",
}
EMAIL = {
    Language.NL: r"e-?mails?|mail|mails|mailen|e-?mailen|gemaild|mailtjes?",
    Language.EN: r"e-?mails?|e-?mailed|mail|mails",
}
SMS = {
    Language.NL: r"sms|sms'en|sms-berichten|sms-bericht|sms'jes?",
    Language.EN: r"sms|texts|texted|text messages?|by text|text (?:me|you)",
}
MESSAGING = {
    Language.NL: r"whatsapp|app|apps|appen|appjes?|messenger|telegram",
    Language.EN: r"whatsapp|app|apps|messenger|telegram",
}
POST = {
    Language.NL: r"post|brief|brieven|per brief",
    Language.EN: r"post|posted|letters?|mail|mails",
}
AUTOMATED = {
    Language.NL: r"computerstem|robot|belrobot|automatisch gebeld|automatische oproepen",
    Language.EN: r"robocalls?|robot|automated calls?|recorded (?:voice|message)",
}

WORDS: dict[str, dict[Language, str]] = {
    Channel.EMAIL: EMAIL,
    Channel.SMS: SMS,
    Channel.MESSAGING: MESSAGING,
    Channel.CALL: PHONE_CALL,
    Channel.AUTOMATED_CALL: AUTOMATED,
    Channel.POST: POST,
}
# An automated call is a call too, and a text may say so.
IMPLIED: dict[str, tuple[str, ...]] = {Channel.AUTOMATED_CALL: (Channel.CALL,)}


def channel_words(*, text: str, language: Language, channel: str) -> list[str]:
    """List the words of a text that speak of another channel than this one."""
    text = _without(NEUTRAL[language], text)
    own = "|".join(WORDS[one][language] for one in (channel, *IMPLIED.get(channel, ())) if one in WORDS)
    said = [_found(words[language], text) for other, words in WORDS.items() if other != channel]
    return [word for words in said for word in words if not re.fullmatch(own, word, flags=re.IGNORECASE)]


def names_in(*, text: str, names: list[str], own: str) -> list[str]:
    """List which names a text mentions, leaving out where it mentions its own."""
    rest = _without((re.escape(own),), text) if own else text
    return [name for name in names if name and _found(re.escape(name), rest)]


def _without(patterns: tuple[str, ...], text: str) -> str:
    for pattern in patterns:
        text = re.sub(WORD.format(pattern), " ", text, flags=re.IGNORECASE)
    return text


def _found(pattern: str, text: str) -> list[str]:
    return re.findall(WORD.format(pattern), text, flags=re.IGNORECASE)
