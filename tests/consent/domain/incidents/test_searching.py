import random
import uuid
from collections import defaultdict
from datetime import timedelta

import pytest
from django.utils.translation import override

from consent.domain.dossier.selection import Selection, people_of
from consent.domain.erasing.erasure import erase
from consent.domain.incidents.limits import say_erased, say_limits
from consent.domain.incidents.searching import (
    Counts,
    Search,
    count_people,
    find_lists,
    find_people,
    is_small,
    live,
    stream_people,
)
from consent.domain.incidents.sources import Source
from consent.domain.ledger.circumstances import BY_SCHEDULE
from consent.models import CallListEntry, Disclosure, ScreeningRun
from tests import make
from tests.consent.domain.incidents.scene import DAY, SINCE, UNTIL, export, give_out, scene

pytestmark = pytest.mark.django_db
# What belongs to no legal entity in particular is part of the answer for each.
SHARED = (Source.LOOKUP, Source.PAGE, Source.EVIDENCE)


def found(search: Search) -> dict[uuid.UUID, list[Source]]:
    return {person.contact_id: list(person.sources) for person in stream_people(met=live(search=search))}


def counts_of(search: Search) -> Counts:
    return count_people(met=live(search=search))


@pytest.mark.parametrize("source", Source)
def test_each_source_finds_its_own_person_and_nobody_else(source: Source) -> None:
    made = scene()

    assert found(made.search(source)) == {made.people[source].pk: [source]}


def test_all_sources_find_everybody_once() -> None:
    made = scene()

    counts = counts_of(made.search())

    assert counts.people == len(Source)
    assert counts.of_source == dict.fromkeys(Source, (1, 1))


@pytest.mark.parametrize("source", Source)
def test_what_was_before_or_after_the_period_is_not_found(source: Source) -> None:
    made = scene()

    late = made.search(source, since=make.NOW + timedelta(seconds=1))
    early = made.search(source, until=make.NOW)

    # A call list is open for as long as it is not closed.
    still_open = {made.people[source].pk: [source]} if source is Source.CALL_LIST else {}
    assert (found(early), found(late)) == ({}, still_open)


def test_call_list_is_found_for_as_long_as_it_was_open() -> None:
    made = scene()
    closed_list = CallListEntry.objects.get(contact=made.people[Source.SHOWN]).call_list

    before = made.search(Source.CALL_LIST, since=SINCE - 3 * DAY, until=SINCE - 2 * DAY)
    within = made.search(Source.CALL_LIST, since=SINCE - timedelta(hours=1), until=SINCE)

    assert found(before) == {}
    assert found(within) == {made.people[Source.SHOWN].pk: [Source.CALL_LIST]}
    assert closed_list.closed_at == SINCE


def test_other_organisations_and_legal_entities_are_never_found() -> None:
    made, other = scene(), scene(code="ander")
    sister = make.legal_entity(organisation=made.entity.organisation, code="zuster", name="Zuster")

    stranger = made.search(organisation_id=other.entity.organisation_id)
    of_sister = found(made.search(legal_entity_id=sister.pk))

    shared = {made.people[one].pk for one in SHARED}
    assert set(found(made.search())) == {contact.pk for contact in made.people.values()}
    assert set(found(stranger)) == {other.people[one].pk for one in SHARED}
    assert set(of_sister) == shared


def test_one_member_of_staff_is_asked_about() -> None:
    made = scene()
    colleague = make.staff_member(organisation=made.entity.organisation, username="collega")

    theirs, nobodys = made.search(staff_id=made.staff.pk), made.search(staff_id=colleague.pk)

    # Messages are sent by no member of staff.
    everybody = {contact.pk for source, contact in made.people.items() if source is not Source.MESSAGE}
    assert set(found(theirs)) == everybody
    assert found(nobodys) == {}


def test_one_list_is_asked_about() -> None:
    made = scene()
    alice, ben = (make.contact(organisation=made.entity.organisation) for _person in range(2))
    given = give_out(made, Disclosure.Source.AUDIENCE, [alice, ben])

    one = made.search(list_id=given.list_id)

    assert set(found(one)) == {alice.pk, ben.pk}
    assert [(each.list_id, each.people) for each in find_lists(search=one)] == [(given.list_id, 2)]


@pytest.mark.parametrize(
    "narrowed", ["nothing", "entity", "purpose", "channel", "since", "contact", "chosen"]
)
def test_exports_of_evidence_are_of_the_people_of_their_selection(narrowed: str) -> None:
    made = scene()
    organisation = made.entity.organisation
    sister = make.legal_entity(organisation=organisation, code="zuster", name="Zuster")
    other = make.purpose(organisation=organisation, legal_entities=[sister], code="other")
    someone = make.contact(organisation=organisation)
    make.permission_event(
        contact_point=make.phone_point(contact=someone, text="+31200000102"),
        notice_version=make.notice_version(legal_entity=sister, purpose=other, channel="CALL", code="x"),  # type: ignore[arg-type]
        occurred_at=make.NOW,
    )
    said = {
        "nothing": {},
        "entity": {"legal_entity_id": str(made.entity.pk)},
        "purpose": {"purpose_id": str(other.pk)},
        "channel": {"channel": "CALL"},
        "since": {"since": str(make.NOW)},
        "contact": {"contact_id": str(someone.pk)},
        "chosen": {"contact_ids": f"{someone.pk} {uuid.UUID(int=0)}"},
    }[narrowed]
    from consent.domain.seal.sealing import seal_chunk  # noqa: PLC0415

    seal_chunk(now=make.NOW)
    made_export = export(made, said, contact=someone if narrowed == "contact" else None)

    expected = people_of(
        selection=Selection(
            organisation_id=organisation.pk,
            contact_id=someone.pk if narrowed == "contact" else None,
            legal_entity_id=made.entity.pk if narrowed == "entity" else None,
            purpose_id=other.pk if narrowed == "purpose" else None,
            channel="CALL" if narrowed == "channel" else "",
            since=make.NOW if narrowed == "since" else None,
            contact_ids=(someone.pk,) if narrowed == "chosen" else (),
        ),
        tree_size=made_export.tree_size,
    )
    assert set(found(made.search(Source.EVIDENCE, list_id=made_export.pk))) == set(
        expected.values_list("pk", flat=True)
    )


def test_figures_equal_those_counted_by_hand() -> None:
    made, dice = scene(), random.Random(7)  # noqa: S311  (the same each time)
    people = [make.contact(organisation=made.entity.organisation) for _person in range(12)]
    oracle: dict[Source, dict[uuid.UUID, int]] = defaultdict(lambda: defaultdict(int))
    for _list in range(30):
        source = dice.choice([Disclosure.Source.SCREENING, Disclosure.Source.AUDIENCE])
        at = SINCE + dice.randrange(-20, 60) * timedelta(hours=1)
        chosen = dice.sample(people, dice.randrange(1, 12))
        give_out(made, source, chosen, at=at)
        if SINCE <= at < UNTIL:
            for contact in chosen:
                oracle[Source(source)][contact.pk] += 1
    for one in (Source.SCREENING, Source.AUDIENCE):
        oracle[one][made.people[one].pk] += 1

    counts = counts_of(made.search(Source.SCREENING, Source.AUDIENCE))

    assert counts.of_source == {source: (len(met), sum(met.values())) for source, met in oracle.items()}
    assert counts.people == len({*oracle[Source.SCREENING], *oracle[Source.AUDIENCE]})


def test_pages_follow_each_other_without_gap_or_double() -> None:
    made = scene()
    met, after, pages = live(search=made.search()), None, []
    while page := find_people(met=met, text="", after=after, limit=5):
        pages.append(page)
        after = page[-1].contact_id

    keys = [person.contact_id for page in pages for person in page]
    assert [len(page) for page in pages] == [5, 5, 3]
    assert keys == sorted(contact.pk for contact in made.people.values())


@pytest.mark.parametrize("text", ["message", "MESSAGE", "ontvanger@example.org", "Alice Mess"])
def test_somebody_is_looked_for_by_name_or_address(text: str) -> None:
    made = scene()

    people = find_people(met=live(search=made.search()), text=text, after=None, limit=5)

    assert [person.contact_id for person in people] == [made.people[Source.MESSAGE].pk]


@pytest.mark.parametrize("text", ["%", "_", "\\", "nobody"])
def test_signs_of_a_pattern_are_only_signs(text: str) -> None:
    assert find_people(met=live(search=scene().search()), text=text, after=None, limit=5) == []


def test_somebody_is_looked_for_by_key() -> None:
    made = scene()
    key = made.people[Source.COPY].pk

    people = find_people(met=live(search=made.search()), text=str(key), after=None, limit=5)

    assert [person.contact_id for person in people] == [key]


def test_erased_person_is_left_as_a_bare_key() -> None:
    made = scene()
    contact = made.people[Source.AUDIENCE]
    erase(contact=contact, how=BY_SCHEDULE, erased_at=make.NOW)

    counts = counts_of(made.search(Source.AUDIENCE))

    with override("en"):
        sentence = say_erased(counts=counts)
    assert (counts.people, counts.erased) == (1, 1)
    assert sentence.startswith("1 person was erased since")


def test_limits_say_what_is_no_longer_known() -> None:
    made = scene()
    ScreeningRun.objects.create(
        organisation=made.entity.organisation,
        legal_entity=made.entity,
        file_name="lijst.csv",
        input_sha256="0" * 64,
        asked=3,
        uploaded_at=make.NOW,
        finished_at=make.NOW,
        expires_at=make.NOW,
    )
    search = made.search(Source.SCREENING, Source.LOOKUP, since=make.NOW - 400 * DAY)

    with override("en"):
        said = list(say_limits(search=search, now=make.NOW))

    assert said == [
        "Of before 20 November 2025 it is deleted who was in this: Screened lists.",
        "Of before 20 November 2025 it is deleted who was in this: Look-ups at the inbound desk.",
        "Of 1 screening it is not known who was on it: nobody we know, or it was long ago.",
        "Rows of a screened list that were nobody's here left no key; the list itself is gone in a day.",
    ]


def test_large_search_is_left_to_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    made = scene()

    monkeypatch.setattr("consent.domain.incidents.searching.AT_ONCE", len(Source) - 1)

    assert is_small(search=made.search(Source.AUDIENCE))
    assert not is_small(search=made.search())


def test_numbers_take_one_query_each(django_assert_num_queries: object) -> None:
    made = scene()
    for _list in range(3):
        give_out(made, Disclosure.Source.AUDIENCE, [made.people[Source.CALL]])

    with django_assert_num_queries(3):  # type: ignore[operator]
        counts_of(made.search())
        find_lists(search=made.search())
        find_people(met=live(search=made.search()), text="", after=None, limit=50)
