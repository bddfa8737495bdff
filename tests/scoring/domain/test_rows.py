import io

import pytest

from consent.domain.lists.layout import Layout
from consent.domain.lists.opening import OpenList
from consent.domain.lists.problems import ListNotReadableError
from consent.domain.lists.records import LONGEST_ROW
from scoring.domain.rows import read_rows

TOO_LONG = "x" * (64 * LONGEST_ROW + 1)


@pytest.mark.parametrize("text", [f"contact,{TOO_LONG}\n", f"contact,rooms\n1,{TOO_LONG}\n"])
def test_a_cell_as_long_as_a_book_makes_no_list_wherever_it_stands(text: str) -> None:
    opened = OpenList(layout=Layout(), first_rows=[], sha256="", text=io.BytesIO(text.encode()))

    with pytest.raises(ListNotReadableError):
        list(read_rows(opened=opened, needed=(), known={"contact", "rooms"}))
