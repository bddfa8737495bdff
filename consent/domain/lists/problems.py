"""What can be wrong with a list, or with a row of it, and the one sentence we say about it."""

import enum
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


class Fault(enum.Enum):
    """Why a whole list cannot be read."""

    EMPTY = "empty"
    NOT_TEXT = "not text"
    TOO_MANY_COLUMNS = "too many columns"
    NO_ADDRESS_COLUMN = "no address column"
    NO_CONTACT_COLUMN = "no contact column"
    NO_SUCH_COLUMN = "no such column"
    EXCEL_PROTECTED = "excel protected"
    EXCEL_OLD = "excel old"
    EXCEL_BROKEN = "excel broken"
    EXCEL_TOO_LARGE = "excel too large"
    EXCEL_TOO_LONG = "excel too long"
    TOO_LARGE = "too large"


SENTENCES: dict[Fault, StrPromise] = {
    Fault.EMPTY: _("The file is empty: it has no rows."),
    Fault.NOT_TEXT: _("This file is no list: save it as CSV or as an Excel workbook (.xlsx)."),
    Fault.TOO_MANY_COLUMNS: _("The list has more than 1000 columns: keep only those you need."),
    Fault.NO_ADDRESS_COLUMN: _("No column looks like the one with the addresses: name that column."),
    Fault.NO_CONTACT_COLUMN: _(
        "For this channel the list needs a column “contact” that holds the key of each contact."
    ),
    Fault.NO_SUCH_COLUMN: _("The list has no such column."),
    Fault.EXCEL_PROTECTED: _(
        "The workbook is protected with a password: save it without the password and try again."
    ),
    Fault.EXCEL_OLD: _("This is a workbook of before 2007 (.xls): save it as .xlsx or as CSV."),
    Fault.EXCEL_BROKEN: _("The workbook is damaged or was cut off: open it in Excel and save it again."),
    Fault.EXCEL_TOO_LARGE: _("Unpacked, the workbook is too large to read safely: save it as CSV."),
    Fault.EXCEL_TOO_LONG: _("The list has more rows than a workbook can hold: choose CSV for the result."),
    Fault.TOO_LARGE: _("The file is too large."),
}


class ListNotReadableError(ValueError):
    """The whole list cannot be read; `fault` says why, and `detail` may name what was looked for."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault, self.detail = fault, detail

    def __str__(self) -> str:
        sentence = str(SENTENCES[self.fault])
        return f"{sentence} {self.detail}".strip()


class Remark(enum.StrEnum):
    """What was mended in one row so that the others could be kept as they are."""

    QUOTE = "quote"
    TOO_LONG = "too long"
    NUL = "nul"
    SEPARATOR = "separator"
    SURPLUS = "surplus"
    SHORT = "short"
    FORMULA = "formula"
    CONTACT = "contact"


REMARKS: dict[Remark, StrPromise] = {
    Remark.QUOTE: _("a quotation mark is not closed: its line was read as it stands"),
    Remark.TOO_LONG: _("the row is too long: what stands behind its first 262,144 characters was left out"),
    Remark.NUL: _("empty characters (NUL) were taken out"),
    Remark.SEPARATOR: _("the cells were separated in another way than in the rest of the list"),
    Remark.SURPLUS: _("the row has more cells than there are columns: they stand behind the verdict"),
    Remark.SHORT: _("the row has fewer cells than there are columns: empty ones were added"),
    Remark.FORMULA: _("a cell starts like a formula: an apostrophe keeps it from being run"),
    Remark.CONTACT: _("“contact” holds no key of a contact: the row was answered by its address"),
}
# What tells that a row may not say what its maker meant; the others are only mended.
DOUBTFUL = frozenset({Remark.QUOTE, Remark.TOO_LONG, Remark.NUL, Remark.CONTACT})


@dataclass(frozen=True, kw_only=True)
class RowRemark:
    """One remark about one row; the first row of the file is number 1."""

    row: int
    remark: Remark
