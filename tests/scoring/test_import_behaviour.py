from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from scoring.models import BehaviourEvent
from tests import make
from tests.scoring.domain.house import house

pytestmark = pytest.mark.django_db
HEAD = "address;kind;occurred_at;subject;value\n"
GOOD = (
    "alice@example.org;PAGE_VISIT;2026-01-02;/lampen/;\n"
    "alice@example.org;SEARCH;2026-01-03T10:00;bureaulamp;2.50\n"
)


@pytest.fixture(autouse=True)
def alice() -> None:
    found = house()
    make.email_point(contact=make.contact(organisation=found.entity.organisation))


def load(path: Path, text: str, encoding: str = "utf-8") -> tuple[str, str]:
    path.write_bytes(text.encode(encoding))
    out, err = StringIO(), StringIO()
    try:
        call_command("import_behaviour", path, legal_entity="lampenwinkel", stdout=out, stderr=err)
    except CommandError as error:
        err.write(f"{error} ({error.returncode})")
    return out.getvalue(), err.getvalue()


def test_list_is_taken_up_and_again_changes_nothing(tmp_path: Path) -> None:
    first = load(tmp_path / "a.csv", HEAD + GOOD)
    again = load(tmp_path / "a.csv", HEAD + GOOD)

    assert first == ("2 kept, 0 known already, 0 not kept.\n", "")
    assert again == ("0 kept, 2 known already, 0 not kept.\n", "")
    subjects = BehaviourEvent.objects.order_by("occurred_at").values_list("subject", "via")
    assert list(subjects) == [("/lampen/", "FILE"), ("bureaulamp", "FILE")]


def test_faulty_rows_are_named_by_number_and_the_others_kept(tmp_path: Path) -> None:
    out, err = load(tmp_path / "a.csv", f"{HEAD}bob@example.org;SEARCH;2026-01-03;x;\n{GOOD}", "utf-16")

    assert out == "2 kept, 0 known already, 1 not kept.\n"
    assert err == (
        "row 2: Nobody is known by this key or address.\n1 rows were not kept; all others were. (1)"
    )


@pytest.mark.parametrize("head", ["adres;soort\n", "address;kind;occurred_at;shoe size\n"])
def test_list_without_our_columns_is_refused_in_a_sentence(tmp_path: Path, head: str) -> None:
    out, err = load(tmp_path / "a.csv", head + GOOD)

    assert out == ""
    assert err == (
        "The first row names the columns: kind, occurred_at, and of address, contact, external_id, kind, "
        "occurred_at, source, subject, value. (2)"
    )


def test_file_that_is_no_list_is_refused_in_a_sentence(tmp_path: Path) -> None:
    missing = tmp_path / "missing.csv"

    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_behaviour", missing, legal_entity="lampenwinkel")
    with pytest.raises(CommandError, match="There is no legal entity nobody"):
        call_command("import_behaviour", missing, legal_entity="nobody")
    for sender in ("", "x" * 51):
        with pytest.raises(CommandError, match="--sender has 1 to 50 letters"):
            call_command("import_behaviour", missing, legal_entity="lampenwinkel", sender=sender)
