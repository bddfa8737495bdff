"""Which column holds the address: by its name in Dutch or English, else by what stands in it."""

import re
import unicodedata
from collections.abc import Sequence

from consent.domain.lists.layout import NO_COLUMN
from consent.domain.lists.problems import Fault, ListNotReadableError

PHONE, EMAIL = "PHONE", "EMAIL"
CONTACT_NAMES = ("contact", "contactid", "contactkey")
NAMES = {
    PHONE: (
        *("telefoon", "telefoonnummer", "telefoonnr", "tel", "telnr", "telnummer", "phone", "phonenumber"),
        *("telephone", "telephonenumber", "mobiel", "mobielnummer", "mobielenummer", "mobiletelefoon"),
        *("mobile", "mobilenumber", "mobilephone", "gsm", "gsmnummer", "gsmnr", "cell", "cellphone"),
        *("msisdn", "number", "nummer"),
    ),
    EMAIL: (
        *("email", "emailadres", "emailaddress", "mail", "mailadres", "mailaddress", "epost"),
        *("emailadressen", "emails"),
    ),
}
EITHER = ("adres", "address", "contactgegeven", "contactpoint", "ontvanger", "recipient")
BEGINNINGS = {PHONE: ("telefoon", "tel", "phone", "telephone", "mobiel", "mobile", "gsm"), EMAIL: ("email",)}
LIKE = {
    PHONE: re.compile(r"\s*'?(?:\+|00|0|\(0|[1-9](?=[\d ]{8}))[\d\s().\-/]{7,24}"),
    EMAIL: re.compile(r"\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*"),
}
DATE = re.compile(r"\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})\b.*")
FEWEST_DIGITS, MOST_DIGITS = 8, 15
ENOUGH = 0.5


def is_address(*, cell: str, kind: str) -> bool:
    """Say whether a cell looks like an address of this kind; whether it is one, the engine says."""
    if not LIKE[kind].fullmatch(cell):
        return False
    if kind == EMAIL:
        return True
    digits = sum(letter.isdecimal() for letter in cell)
    return FEWEST_DIGITS <= digits <= MOST_DIGITS and not DATE.fullmatch(cell)


def is_name(*, cell: str) -> bool:
    """Say whether a cell is a usual name of a column with addresses or contacts."""
    word = plain(cell)
    return word in CONTACT_NAMES or word in EITHER or any(word in names for names in NAMES.values())


def plain(name: str) -> str:
    """A name without capitals, accents, spaces and marks: “E-mail adres” is “emailadres”."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum() and letter.isascii())


def named_column(*, names: Sequence[str], width: int, wanted: str) -> int:
    """Find the column that somebody named, by its name or by its number from 1.

    Raises ListNotReadableError when there is no such column.
    """
    words = [plain(name) for name in names]
    if wanted in names:
        return names.index(wanted)
    if plain(wanted) in words:
        return words.index(plain(wanted))
    if wanted.isdecimal() and 1 <= int(wanted) <= width:
        return int(wanted) - 1
    raise ListNotReadableError(Fault.NO_SUCH_COLUMN)


def address_column(*, names: Sequence[str], rows: Sequence[Sequence[str]], width: int, kind: str) -> int:
    """Find the column with the addresses, or say that there is none (NO_COLUMN).

    Of columns whose name fits, the first counts that holds an address; without such a name, the column
    in which most cells look like one.
    """
    named = _by_name([plain(name) for name in names], kind)
    shares = [_share(rows, column, kind) for column in range(width)]
    if named:
        return next((column for column in named if shares[column]), named[0])
    best = max(range(width), key=lambda column: shares[column])
    if shares[best] >= ENOUGH or width == 1:
        return best
    return NO_COLUMN


def contact_column(*, names: Sequence[str]) -> int:
    """Find the column that names the contacts."""
    words = [plain(name) for name in names]
    return next((words.index(name) for name in CONTACT_NAMES if name in words), NO_COLUMN)


def _by_name(words: list[str], kind: str) -> list[int]:
    exact = [words.index(name) for name in (*NAMES[kind], *EITHER) if name in words]
    begun = [column for column, word in enumerate(words) if word.startswith(BEGINNINGS[kind])]
    return list(dict.fromkeys([*exact, *begun]))


def _share(rows: Sequence[Sequence[str]], column: int, kind: str) -> float:
    cells = [row[column] for row in rows if len(row) > column and row[column].strip()]
    return sum(is_address(cell=cell, kind=kind) for cell in cells) / len(cells) if cells else 0.0
