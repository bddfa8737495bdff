import csv
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from config.mail import LOOPBACK, free_port
from consent.domain.lists import records
from consent.models import Act, ConsentEvent, Disclosure, ScreeningRun
from tests.consent.domain.lists.test_workbooks import workbook
from tests.consent.domain.screening.scene import LIST, Shop, shop

VERDICT = [
    *("allowed", "code", "reasons", "ground", "valid_until"),
    *("within_hours", "next_allowed_at", "caller_number"),
]


@pytest.fixture
def scene() -> Shop:
    return shop()


@pytest.fixture
def lijst(tmp_path: Path) -> Path:
    path = tmp_path / "lijst.csv"
    path.write_bytes(LIST)
    return path


def screen(path: Path, output: Path, **options: object) -> str:
    out = io.StringIO()
    asked = {"legal_entity": "lampenwinkel", "purpose": "offers", "channel": "EMAIL", "processes": 1}
    call_command("screen", path, output=output, stdout=out, **{**asked, **options})
    return out.getvalue()


def rows_in(path: Path, *, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.django_db
def test_the_same_rows_come_out_with_the_eight_columns(scene: Shop, lijst: Path, tmp_path: Path) -> None:
    output = tmp_path / "uit.csv"

    said = screen(lijst, output)

    rows = rows_in(output, delimiter=";")
    assert list(rows[0]) == ["naam", "e-mail", *VERDICT]
    assert [(row["naam"], row["allowed"], row["code"]) for row in rows] == [
        ("Anna", "true", "A_CONSENT"),
        ("Bram", "false", "D_NO_BASIS"),
        ("Carla", "false", "D_ADDRESS_INVALID"),
    ]
    assert said.splitlines()[0] == "3 rows answered."


@pytest.mark.django_db
def test_a_list_of_nothing_but_bad_numbers_keeps_every_row(scene: Shop, tmp_path: Path) -> None:
    bad = ["06", "0612345678", "+31 onbekend", "1e9", "=1+1", "-", "00000000000000000000"]
    many, output = tmp_path / "slecht.csv", tmp_path / "uit.csv"
    many.write_text("nummer,telefoon\n" + "".join(f"{n},{bad[n % len(bad)]}\n" for n in range(100_000)))

    said = screen(many, output, channel="CALL")

    rows = rows_in(output)
    assert [row["nummer"] for row in rows] == [str(n) for n in range(100_000)]
    assert {(row["allowed"], row["code"]) for row in rows} == {("false", "D_ADDRESS_INVALID")}
    assert said.splitlines()[0] == "100000 rows answered."


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["", "2026-11-20T12:00"], ids=["now", "in the past"])
def test_evidence_stands_behind_the_same_verdicts(scene: Shop, lijst: Path, tmp_path: Path, at: str) -> None:
    without, with_it = tmp_path / "uit.csv", tmp_path / "bewijs.csv"

    screen(lijst, without, at=at)
    screen(lijst, with_it, at=at, evidence=True)

    rows = rows_in(with_it, delimiter=";")
    evidence = [row.pop("evidence") for row in rows]
    assert rows == rows_in(without, delimiter=";")
    given = ConsentEvent.objects.get(act=Act.GIVEN)
    assert f"event:{given.pk}" in evidence[0].split()
    assert evidence[2] == ""


@pytest.mark.django_db
def test_no_list_is_there_before_it_is_written_down_who_stands_on_it(
    scene: Shop, lijst: Path, tmp_path: Path
) -> None:
    output = tmp_path / "uit.csv"
    with connection.cursor() as cursor:
        # Found before the real one, it takes nothing.
        cursor.execute("CREATE TEMPORARY TABLE consent_disclosure (LIKE consent_disclosure, CHECK (false))")

    with pytest.raises(IntegrityError), transaction.atomic():
        screen(lijst, output)

    assert list(tmp_path.iterdir()) == [lijst]


@pytest.mark.django_db
def test_the_run_is_written_down_with_its_hashes(scene: Shop, lijst: Path, tmp_path: Path) -> None:
    output = tmp_path / "uit.csv"

    screen(lijst, output)

    run = ScreeningRun.objects.get()
    assert run.file_name == "lijst.csv"
    assert run.counts == {"A_CONSENT": 1, "D_NO_BASIS": 1, "D_ADDRESS_INVALID": 1}
    assert run.input_sha256 == hashlib.sha256(LIST).hexdigest()
    assert run.output_sha256 == hashlib.sha256(output.read_bytes()).hexdigest()
    assert [(one.list_id, one.contact_ids) for one in Disclosure.objects.all()] == [
        (run.pk, [scene.anna.contact_id])
    ]


@pytest.mark.django_db(transaction=True)
def test_several_processes_give_the_same_bytes(
    scene: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records.pieces, "__kwdefaults__", {"start": 0, "size": 1000})
    path = tmp_path / "lijst.csv"
    path.write_bytes(LIST + b'"open;x\r\n' + b"Anna;anna@example.org\r\nBram;bram@example.org\r\n" * 200)

    alone, together = tmp_path / "een.csv", tmp_path / "twee.csv"
    for output, processes in ((alone, 1), (together, 3)):
        with pytest.raises(SystemExit) as ended:
            screen(path, output, processes=processes, at="2026-11-01", known_at="2026-11-02")
        assert ended.value.code == 1

    assert alone.read_bytes() == together.read_bytes()
    [first, second] = ScreeningRun.objects.order_by("pk")
    assert first.counts == second.counts
    assert (
        first.remarks
        == second.remarks
        == {
            "quote": {"count": 1, "rows": [5]},
        }
    )


@pytest.mark.django_db
def test_mended_rows_are_named_too(scene: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, output = tmp_path / "in.csv", tmp_path / "uit.csv"
    path.write_bytes(b"naam;mail\n=1+1;anna@example.org\nBram;bram@example.org;a\n")

    screen(path, output)

    assert capsys.readouterr().err == (
        "Row 2: a cell starts like a formula: an apostrophe keeps it from being run.\n"
        "Row 3: the row has more cells than there are columns: they stand behind the verdict.\n"
    )


@pytest.mark.django_db
def test_doubtful_rows_are_named_and_all_rows_written(
    scene: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = tmp_path / "in.csv", tmp_path / "uit.csv"
    path.write_bytes(b'naam,mail\n"Anna,anna@example.org\nBram,bram@example.org\n')

    with pytest.raises(SystemExit) as ended:
        screen(path, output)

    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "Row 2: a quotation mark is not closed: its line was read as it stands.\n"
    )
    assert [row["allowed"] for row in rows_in(output)] == ["true", "false"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"legal_entity": "nobody"}, "There is no legal entity 'nobody'."),
        ({"purpose": "nothing"}, "There is no purpose 'nothing'."),
        ({"channel": "FAX"}, "There is no channel 'FAX'."),
        ({"product_group": "nothing"}, "There is no product group 'nothing'."),
        ({"column": "nothing"}, "The list has no such column."),
        ({"channel": "CALL"}, "No column looks like the one with the addresses: name that column."),
    ],
)
def test_a_wrong_option_is_one_sentence_and_no_output(
    scene: Shop, lijst: Path, tmp_path: Path, options: dict[str, object], sentence: str
) -> None:
    output = tmp_path / "uit.csv"

    with pytest.raises(CommandError) as refused:
        screen(lijst, output, **options)

    assert (str(refused.value), refused.value.returncode) == (sentence, 2)
    assert sorted(tmp_path.iterdir()) == [lijst]


@pytest.mark.django_db
def test_a_wrong_moment_is_one_sentence(scene: Shop, lijst: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        screen(lijst, tmp_path / "uit.csv", at="gisteren")

    assert refused.value.returncode == 2
    assert "gisteren" in str(refused.value)


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_one_sentence(scene: Shop, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        screen(tmp_path / "weg.csv", tmp_path / "uit.csv")

    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_the_list_itself_is_never_replaced(scene: Shop, lijst: Path) -> None:
    with pytest.raises(CommandError) as refused:
        screen(lijst, lijst)

    assert refused.value.returncode == 2
    assert lijst.read_bytes() == LIST


@pytest.mark.django_db
def test_a_workbook_goes_in_and_comes_out(scene: Shop, tmp_path: Path) -> None:
    path, output = tmp_path / "in.xlsx", tmp_path / "uit.xlsx"
    path.write_bytes(workbook([["naam", "mail"], ["Anna", "anna@example.org"]]))

    screen(path, output)
    again = tmp_path / "weer.csv"
    screen(output, again)

    [row] = csv.DictReader(io.StringIO(again.read_text(encoding="utf-8-sig")))
    assert (row["naam"], row["code"]) == ("Anna", "A_CONSENT")
    assert ScreeningRun.objects.count() == 2


@pytest.mark.django_db
def test_a_column_names_the_contact(scene: Shop, tmp_path: Path) -> None:
    path, output = tmp_path / "in.csv", tmp_path / "uit.csv"
    path.write_text(f"contact,mail\n{scene.anna.contact_id},anna@example.org\n,anna@example.org\nx,y\n")

    with pytest.raises(SystemExit):
        screen(path, output)

    codes = [row["code"] for row in rows_in(output)]
    assert codes == ["A_CONSENT", "A_CONSENT", "D_ADDRESS_INVALID"]
    assert ScreeningRun.objects.get().remarks == {"contact": {"count": 1, "rows": [4]}}


@pytest.mark.django_db
def test_a_file_name_that_is_no_text_is_kept_as_far_as_it_is(scene: Shop, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"lijst-\xff.csv")
    path.write_bytes(LIST)

    screen(path, tmp_path / "uit.csv")

    assert ScreeningRun.objects.get().file_name == "lijst-?.csv"


def test_with_the_database_away_nothing_is_written_and_the_exit_says_so(lijst: Path, tmp_path: Path) -> None:
    question = ("--legal-entity", "lampenwinkel", "--purpose", "offers", "--channel", "EMAIL")
    environment = {
        "PATH": os.environ["PATH"],
        "JAWOORD_STATE_DIR": str(settings.STATE_DIR),
        "DATABASE_URL": f"postgres://jawoord_app@{LOOPBACK}:{free_port()}/jawoord",
    }

    end = subprocess.run(
        [sys.executable, "manage.py", "screen", str(lijst), *question, "--output", str(tmp_path / "uit.csv")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(settings.BASE_DIR),
        env=environment,
    )

    assert (end.returncode, len(end.stderr.splitlines()), sorted(tmp_path.iterdir())) == (2, 1, [lijst])
