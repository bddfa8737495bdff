"""How a list is written: found once, then the same for each of its rows."""

from dataclasses import asdict, dataclass, replace
from typing import Any

SEPARATORS = (";", ",", "\t", "|")
MOST_COLUMNS = 1000
NO_COLUMN = -1


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Encoding, separator, header and columns of one list; inside we read it as UTF-8."""

    encoding: str = "utf-8"
    mark: str = ""  # the byte order mark, in hexadecimal
    ending: str = "\n"
    separator: str = ","
    hinted: bool = False  # the first line says "sep=;", as Excel writes it
    header: bool = True
    above: int = 0  # rows above the header: a title, a date
    names: tuple[str, ...] = ()
    width: int = 1
    address: int = NO_COLUMN
    contact: int = NO_COLUMN
    workbook: bool = False
    evidence: bool = False  # the result also names what each answer relies on

    @property
    def titles(self) -> int:
        """How many rows at the start are no data: the header and what stands above it."""
        return self.above + 1 if self.header else 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"names": list(self.names)}


def layout_from_json(*, stored: dict[str, Any]) -> Layout:
    """Read back what `as_json` wrote."""
    return replace(Layout(**{**stored, "names": tuple(stored["names"])}))
