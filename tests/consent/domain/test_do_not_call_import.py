import io
from datetime import datetime, timedelta

import pytest

from consent.domain import do_not_call_import
from consent.domain.do_not_call import Refusal, SnapshotNotLoadableError
from consent.domain.do_not_call_import import Delivery, DoubtfulListError
from consent.models import DoNotCallRegistration, DoNotCallSnapshot
from customers.models import Organisation, StaffMember
from tests import make

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=1)


@pytest.fixture
def belgaboek() -> Organisation:
    return make.organisation(code="belgaboek", name="Belgaboek")


def rows(count: int, *, start: int = 0) -> str:
    return "".join(f"+3222{place:06};2025-05-01\n" for place in range(start, start + count))


def load(
    *,
    organisation: Organisation,
    content: str,
    taken_at: datetime = make.NOW,
    brought_by: StaffMember | None = None,
    confirmed: str = "",
) -> DoNotCallSnapshot:
    delivery = Delivery(
        file=io.BytesIO(content.encode()), taken_at=taken_at, brought_by=brought_by, confirmed=confirmed
    )
    return do_not_call_import.load_file(
        organisation=organisation, delivery=delivery, loaded_at=make.NOW + timedelta(days=2)
    )


def standing() -> int:
    return DoNotCallRegistration.objects.filter(removed_date=None).count()


def test_list_is_loaded_with_its_file_and_who_brought_it(belgaboek: Organisation) -> None:
    officer = make.staff_member(organisation=belgaboek, username="fg")

    snapshot = load(organisation=belgaboek, content="+3222000112;2025-05-01\n", brought_by=officer)

    snapshot.refresh_from_db()
    assert (snapshot.numbers, snapshot.faulty_rows, snapshot.first_faults) == (1, 0, [])
    assert snapshot.file_hash == "1135b1b81bade708269c8eef565d5e6ece4affc5d2d518261590acc303bde26f"
    assert snapshot.loaded_by == officer


def test_one_fault_in_a_thousand_rows_is_kept_by_its_place(belgaboek: Organisation) -> None:
    snapshot = load(organisation=belgaboek, content=rows(998) + "+3222999999\n" + rows(1, start=998))

    assert (snapshot.numbers, snapshot.faulty_rows, snapshot.first_faults) == (1000, 1, [[999, "NO_DAY"]])
    unclear = DoNotCallRegistration.objects.get(number="+3222999999")
    # The strictest reading: later than any permission given before the list was taken.
    assert unclear.registered_date == make.NOW.date()


def test_more_than_one_fault_in_a_thousand_rows_asks_somebody_to_look(belgaboek: Organisation) -> None:
    content = rows(997) + "abc\n12;2025-05-01\n"

    with pytest.raises(DoubtfulListError) as caught:
        load(organisation=belgaboek, content=content)

    report = caught.value.report
    assert (report.rows, report.faults, report.numbers, report.numbers_before) == (999, 2, 997, 0)
    assert [(row.place, row.fault.name) for row in report.first_faults if row.fault] == [
        (998, "NO_NUMBER"),
        (999, "NO_NUMBER"),
    ]
    assert (report.is_faulty, report.has_shrunk) == (True, False)
    assert (standing(), DoNotCallSnapshot.objects.count()) == (0, 0)


def test_list_half_as_long_as_the_one_before_asks_somebody_to_look(belgaboek: Organisation) -> None:
    load(organisation=belgaboek, content=rows(10))

    load(organisation=belgaboek, content=rows(5), taken_at=make.NOW + timedelta(hours=1))
    with pytest.raises(DoubtfulListError) as caught:
        load(organisation=belgaboek, content=rows(2), taken_at=LATER)

    report = caught.value.report
    assert (report.numbers, report.numbers_before) == (2, 5)
    assert (report.is_faulty, report.has_shrunk) == (False, True)
    assert (standing(), DoNotCallSnapshot.objects.count()) == (5, 2)


def test_confirmation_loads_that_very_file_and_no_other(belgaboek: Organisation) -> None:
    load(organisation=belgaboek, content=rows(10))
    with pytest.raises(DoubtfulListError) as caught:
        load(organisation=belgaboek, content=rows(2), taken_at=LATER)
    code = caught.value.report.code

    with pytest.raises(DoubtfulListError):
        load(organisation=belgaboek, content=rows(1), taken_at=LATER, confirmed=code)
    snapshot = load(organisation=belgaboek, content=rows(2), taken_at=LATER, confirmed=code)

    assert (snapshot.numbers, standing()) == (2, 2)
    assert DoNotCallRegistration.objects.count() == 10


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", Refusal.EMPTY),
        ("Nummer;Datum\n\n", Refusal.EMPTY),
        ("Nummer;Datum\nabc\ndef\n", Refusal.NOT_A_LIST),
        ("x1\n" * 10_001, Refusal.NOT_A_LIST),
        ("PK\x03\x04 and more", Refusal.NOT_TEXT),
    ],
)
def test_file_that_is_no_list_is_refused(belgaboek: Organisation, content: str, refusal: Refusal) -> None:
    load(organisation=belgaboek, content=rows(1))

    with pytest.raises(SnapshotNotLoadableError) as caught:
        load(organisation=belgaboek, content=content, taken_at=LATER)

    assert (caught.value.refusal, standing()) == (refusal, 1)


def test_same_list_again_rewrites_no_row(belgaboek: Organisation) -> None:
    load(organisation=belgaboek, content=rows(3))
    before = row_versions()

    load(organisation=belgaboek, content=rows(3), taken_at=LATER)

    assert row_versions() == before


def row_versions() -> list[str]:
    written = DoNotCallRegistration.objects.order_by("pk").extra(select={"version": "xmin::text"})
    return list(written.values_list("version", flat=True))
