import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import pytest

from consent.domain import do_not_call
from consent.domain.do_not_call import Registration
from consent.models import DoNotCallRegistration, DoNotCallSnapshot
from customers.models import Organisation
from tests import make

pytestmark = pytest.mark.django_db

LOTTE, LUC, MAX = "+3222000112", "+3222000113", "+3222000114"
MAY = date(2025, 5, 1)
JUNE = date(2025, 6, 1)


def load(
    *,
    organisation: Organisation,
    rows: Sequence[tuple[str, date]],
    taken_at: datetime = make.NOW,
    loaded_at: datetime = make.NOW + timedelta(days=30),
) -> DoNotCallSnapshot:
    return do_not_call.load_snapshot(
        organisation=organisation,
        registrations=[Registration(number=number, registered_date=day) for number, day in rows],
        taken_at=taken_at,
        loaded_at=loaded_at,
    )


def listed() -> list[tuple[str, date, date | None]]:
    rows = DoNotCallRegistration.objects.order_by("number", "registered_date")
    return [(str(row.number.as_e164), row.registered_date, row.removed_date) for row in rows]


def test_list_is_loaded_with_its_moment() -> None:
    belgaboek = make.organisation(code="belgaboek", name="Belgaboek")

    snapshot = load(organisation=belgaboek, rows=[(LOTTE, MAY), (LUC, MAY), (LOTTE, MAY)])

    assert listed() == [(LOTTE, MAY, None), (LUC, MAY, None)]
    assert (snapshot.taken_at, snapshot.numbers) == (make.NOW, 2)


def test_number_gone_from_a_newer_list_keeps_its_past() -> None:
    belgaboek = make.organisation(code="belgaboek", name="Belgaboek")
    load(organisation=belgaboek, rows=[(LOTTE, MAY), (LUC, MAY)])

    load(
        organisation=belgaboek,
        rows=[(LUC, MAY), (MAX, JUNE)],
        taken_at=datetime.fromisoformat("2026-11-23T23:30Z"),
    )

    # Half past eleven in Greenwich is the next day in Belgium.
    assert listed() == [(LOTTE, MAY, date(2026, 11, 24)), (LUC, MAY, None), (MAX, JUNE, None)]


def test_number_that_comes_back_stands_again() -> None:
    belgaboek = make.organisation(code="belgaboek", name="Belgaboek")
    for days, rows in enumerate([[(LOTTE, MAY), (LUC, MAY)], [(LUC, MAY)], [(LOTTE, MAY), (LUC, JUNE)]]):
        load(organisation=belgaboek, rows=rows, taken_at=make.NOW + timedelta(days=days))

    assert listed() == [
        (LOTTE, MAY, None),
        (LUC, MAY, (make.NOW + timedelta(days=2)).date()),
        (LUC, JUNE, None),
    ]


def test_lists_of_two_organisations_leave_each_other_alone() -> None:
    belgaboek = make.organisation(code="belgaboek", name="Belgaboek")
    huisgroep = make.organisation()
    load(organisation=belgaboek, rows=[(LOTTE, MAY)])

    load(organisation=huisgroep, rows=[(LUC, MAY)])

    assert listed() == [(LOTTE, MAY, None), (LUC, MAY, None)]


@pytest.mark.parametrize(
    ("rows", "taken_at", "fault"),
    [
        pytest.param([], make.NOW + timedelta(days=1), "empty", id="empty"),
        pytest.param([(LUC, MAY)], make.NOW, "as new as this one", id="same-moment"),
        pytest.param([(LUC, MAY)], make.NOW - timedelta(days=1), "as new as this one", id="older"),
        pytest.param([(LUC, MAY)], make.NOW + timedelta(days=31), "in the future", id="future"),
        pytest.param([("022000113", MAY)], make.NOW + timedelta(days=1), "row 1", id="no-e164"),
        pytest.param(
            [(LUC, MAY), (MAX, date(2027, 1, 1))], make.NOW + timedelta(days=1), "row 2", id="future-day"
        ),
    ],
)
def test_unusable_list_is_refused_and_the_old_one_stands(
    rows: list[tuple[str, date]], taken_at: datetime, fault: str
) -> None:
    belgaboek = make.organisation(code="belgaboek", name="Belgaboek")
    load(organisation=belgaboek, rows=[(LOTTE, MAY)])

    with pytest.raises(do_not_call.SnapshotNotLoadableError, match=fault):
        load(organisation=belgaboek, rows=rows, taken_at=taken_at)

    assert listed() == [(LOTTE, MAY, None)]
    assert DoNotCallSnapshot.objects.count() == 1


def numbers(*, count: int) -> Iterator[Registration]:
    return (Registration(number=f"+3222{place:06}", registered_date=MAY) for place in range(count))


def test_list_streams_through_without_filling_memory() -> None:
    belgaboek = make.organisation(code="belgaboek", name="Belgaboek")
    peaks = []

    for days, count in enumerate((2_000, 40_000)):
        tracemalloc.start()
        do_not_call.load_snapshot(
            organisation=belgaboek,
            registrations=numbers(count=count),
            taken_at=make.NOW + timedelta(days=days),
            loaded_at=make.NOW + timedelta(days=days),
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert DoNotCallRegistration.objects.count() == 40_000
    assert peaks[1] < peaks[0] + 2**20
