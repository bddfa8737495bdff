from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from consent.models import DoNotCallRegistration, DoNotCallSnapshot
from tests import make

pytestmark = pytest.mark.django_db
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, clock: time_machine.Traveller) -> Run:
    make.organisation(code="belgaboek", name="Belgaboek")

    def import_it(
        content: str,
        *more: str,
        file: str = "list.txt",
        organisation: str = "belgaboek",
        taken_at: str = "2026-11-20T23:55",
    ) -> str:
        (tmp_path / "list.txt").write_text(content)
        out = StringIO()
        arguments = ["--organisation", organisation, "--taken-at", taken_at, *more]
        call_command("import_do_not_call", str(tmp_path / file), *arguments, stdout=out)
        return out.getvalue()

    return import_it


def test_list_is_loaded_at_the_time_in_brussels(run: Run) -> None:
    said = run("Nummer;Datum\n+3222000112;2025-05-01\n02/200.01.13;01/05/2025\n")

    assert said == "The list is loaded: 2 numbers, 0 rows with a fault.\n"
    assert DoNotCallSnapshot.objects.get().taken_at == datetime.fromisoformat("2026-11-20T22:55Z")
    assert sorted(str(row) for row in DoNotCallRegistration.objects.all()) == [
        "+32 2 200 01 12",
        "+32 2 200 01 13",
    ]


def test_rows_with_a_fault_are_named_by_their_place(run: Run) -> None:
    good = "".join(f"+3222{place:06};2025-05-01\n" for place in range(1500))

    said = run(f"{good}+3222999999;onbekend\n")

    assert said.splitlines() == [
        "The list is loaded: 1501 numbers, 1 rows with a fault.",
        "row 1501: no day of registration",
    ]


def refusal(run: Run, content: str, *more: str, **options: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as caught:
        run(content, *more, **options)
    return caught.value.returncode, str(caught.value)


def test_doubtful_list_is_loaded_when_confirmed(run: Run) -> None:
    content = "+3222000112;2025-05-01\nabc\n"

    status, sentence = refusal(run, content)
    code = sentence.rstrip(".").rpartition(" ")[2]
    said = run(content, "--confirmed", code)

    assert status == 1
    assert sentence == (
        "Not loaded: 1 of 2 rows have a fault (row 2 no phone number); compare the file with the source, "
        f"or load it as it is with --confirmed {code}."
    )
    assert said.splitlines() == [
        "The list is loaded: 1 numbers, 1 rows with a fault.",
        "row 2: no phone number",
    ]


def test_list_that_shrank_says_from_what_to_what(run: Run) -> None:
    run("+3222000112;2025-05-01\n+3222000113;2025-05-01\n+3222000114;2025-05-01\n")

    status, sentence = refusal(run, "+3222000112;2025-05-01\n", taken_at="2026-11-21T01:00")

    assert (status, sentence.partition(";")[0]) == (1, "Not loaded: it holds 1 numbers, the one before 3")


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        ({"organisation": "nobody"}, 2, "There is no organisation with the code nobody."),
        ({"taken_at": "yesterday"}, 2, "yesterday is no moment: write it as 2026-11-01T23:55."),
        ({"taken_at": "2026-11-22T00:00"}, 1, "Not loaded: the list was taken in the future."),
    ],
)
def test_bad_use_gets_one_sentence(run: Run, options: dict[str, str], status: int, sentence: str) -> None:
    assert refusal(run, "+3222000112;2025-05-01\n", **options) == (status, sentence)
    assert DoNotCallSnapshot.objects.count() == 0


def test_file_that_is_not_there_gets_one_sentence(run: Run) -> None:
    status, sentence = refusal(run, "", file="nowhere.txt")

    assert (status, sentence.endswith("nowhere.txt cannot be read: No such file or directory.")) == (2, True)


def test_list_no_newer_than_the_last_is_a_finding(run: Run) -> None:
    run("+3222000112;2025-05-01\n")

    assert refusal(run, "+3222000112;2025-05-01\n") == (
        1,
        "Not loaded: a list as new as this one was loaded before.",
    )
