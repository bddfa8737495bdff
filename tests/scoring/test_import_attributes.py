from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from scoring.models import AttributeName, ContactAttribute
from tests import make
from tests.scoring.domain.house import house
from tests.scoring.make import attribute_name

pytestmark = pytest.mark.django_db
HEAD = "address;churn;region\n"
TOMORROW = (timezone.now() + timedelta(days=2)).date().isoformat()
GOOD = "alice@example.org;0,83;Utrecht\n"


@pytest.fixture(autouse=True)
def alice() -> None:
    found = house()
    attribute_name(legal_entity=found.entity, name="churn", kind=AttributeName.Kind.PROBABILITY)
    attribute_name(legal_entity=found.entity)
    make.processor(legal_entities=[found.entity], name="Adressen B.V.")
    make.email_point(contact=make.contact(organisation=found.entity.organisation))


def load(path: Path, text: str, encoding: str = "utf-8", **options: Any) -> tuple[str, str]:
    path.write_bytes(text.encode(encoding))
    out, err = StringIO(), StringIO()
    try:
        call_command(
            "import_attributes", path, legal_entity="lampenwinkel", stdout=out, stderr=err, **options
        )
    except CommandError as error:
        err.write(f"{error} ({error.returncode})")
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_list_is_taken_up_and_again_changes_nothing(tmp_path: Path, encoding: str) -> None:
    text = HEAD + GOOD.replace("Utrecht", "Curaçao")

    first, again = (load(tmp_path / "a.csv", text, encoding) for _time in range(2))

    assert first == ("1 kept, 0 known already, 0 not kept.\n", "")
    assert again == ("0 kept, 1 known already, 0 not kept.\n", "")
    found = ContactAttribute.objects.order_by("name").values_list("name", "value", "origin")
    assert list(found) == [("churn", "0.83", "IMPORTED"), ("region", "Curaçao", "IMPORTED")]


def test_faulty_rows_are_named_by_number_and_the_others_kept(tmp_path: Path) -> None:
    rows = f"alice@example.org;83%;\nbob@example.org;0.1;\n{GOOD}"

    out, err = load(tmp_path / "a.csv", HEAD + rows)

    assert out == "1 kept, 0 known already, 2 not kept.\n"
    assert err == (
        "row 2: A probability is a number from 0 to 1, such as 0.83.\n"
        "row 3: Nobody is known by this key or address.\n"
        "2 rows were not kept; all others were. (1)"
    )


@pytest.mark.parametrize("head", ["address;churn;shoe-size\n", "address;churn;churn\n"])
def test_list_with_other_columns_is_refused_in_a_sentence(tmp_path: Path, head: str) -> None:
    out, err = load(tmp_path / "a.csv", head + GOOD)

    assert out == ""
    assert err.endswith("What can be taken up: address, churn, contact, known_since, region. (2)")
    assert not ContactAttribute.objects.exists()


def test_bought_list_needs_whence_it_came_and_when_people_were_told(tmp_path: Path) -> None:
    whence = {"origin": "bought", "seller": "Adressen B.V.", "processor": "Adressen B.V."}

    _out, refused = load(tmp_path / "a.csv", HEAD + GOOD, **whence)
    taken = load(tmp_path / "a.csv", HEAD + GOOD, **whence, told="2026-01-02")

    assert refused.endswith("the day on which the people were told (art. 14 GDPR). (2)")
    assert taken == ("1 kept, 0 known already, 0 not kept.\n", "")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"since": "gisteren"}, "--since is no moment such as 2026-06-30. (2)"),
        ({"since": TOMORROW}, "--since lies in the future. (2)"),
        ({"processor": "Niemand"}, "There is no Niemand in the register of processors. (2)"),
        ({"seller": "Adressen B.V."}, "Only bought data has a seller"),
    ],
)
def test_option_that_cannot_be_is_refused_in_a_sentence(
    tmp_path: Path, options: dict[str, str], sentence: str
) -> None:
    out, err = load(tmp_path / "a.csv", HEAD + GOOD, **options)

    assert (out, err[: len(sentence)]) == ("", sentence)


def test_cell_as_long_as_a_book_is_refused_in_a_sentence(tmp_path: Path) -> None:
    out, err = load(tmp_path / "a.csv", f"{HEAD}alice@example.org;0.1;{'x' * 300_000}\n{GOOD}")

    assert out == "1 kept, 0 known already, 1 not kept.\n"
    assert err.startswith("row 2: A field is too long.\n")
