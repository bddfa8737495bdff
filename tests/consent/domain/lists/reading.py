"""A whole list read and written again, with the same verdict behind each row."""

import csv
import io
from dataclasses import dataclass, replace

from consent.domain.lists import detecting, opening, records, rows, writing
from consent.domain.lists.layout import Layout
from consent.domain.lists.problems import Remark

VERDICT = ("false", "D_NO_BASIS", "D_NO_BASIS", "", "", "true", "", "+31200000001")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came out of a list."""

    layout: Layout
    addresses: list[str]
    contacts: list[str]
    remarks: list[tuple[int, Remark]]
    output: bytes

    def table(self) -> list[list[str]]:
        """As another program reads it."""
        text = self.output.decode("utf-8-sig" if self.layout.encoding == "utf-8" else self.layout.encoding)
        text = text.removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=self.layout.separator))


def read_through(data: bytes, *, kind: str = "PHONE", column: str = "", size: int = 1024 * 1024) -> Result:
    result = Result(layout=Layout(), addresses=[], contacts=[], remarks=[], output=b"")
    with opening.open_list(source=io.BytesIO(data)) as opened:
        address, contact = detecting.find_columns(
            layout=opened.layout, rows=opened.first_rows, kind=kind, wanted=column
        )
        layout = replace(opened.layout, address=address, contact=contact)
        output, before = [writing.mark_of(layout=layout)], 0
        for piece in records.pieces(source=opened.text, layout=layout, size=size):
            titles = 0 if piece.start else rows.titles_of(layout=layout)
            found = rows.read_rows(data=piece.data, layout=layout, titles=titles)
            asked = len(found.asked) if found.tails else found.count - found.titles
            text = writing.with_verdicts(rows=found, verdicts=[VERDICT] * asked, layout=layout)
            output.append(writing.encoded(text=text, layout=layout))
            result.addresses.extend(found.addresses)
            result.contacts.extend(found.contacts)
            result.remarks.extend((before + one.row + 1, one.remark) for one in found.remarks)
            before += found.count
    return replace(result, layout=layout, output=b"".join(output))
