import csv
import io
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consent import tasks
from consent.domain.incidents.sources import Source
from consent.models import (
    Disclosure,
    Incident,
    IncidentLetter,
    IncidentNotice,
    IncidentPerson,
    Job,
    OutboxMessage,
)
from customers.models import Contact, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.domain.incidents.scene import Scene, give_out, scene

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
SEARCH = reverse("admin:who_was_in_what")


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def made() -> Scene:
    return scene()


def as_role(made: Scene, role: Role) -> Client:
    member = make.staff_member(organisation=made.entity.organisation, username=role.value, role=role)
    return signed_in(member)


def asked(made: Scene, *sources: Source, **said: object) -> str:
    question = {
        "legal_entity": made.entity.pk,
        "since_0": "2026-11-20",
        "since_1": "00:00",
        "until_0": "2026-11-23",
        "until_1": "00:00",
        "sources": [source.value for source in sources or Source],
        **said,
    }
    return f"{SEARCH}?{urlencode(question, doseq=True)}"


def lines(answer: object) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def people_page(incident: Incident) -> str:
    return reverse("admin:consent_incident_people", args=[incident.pk])


def test_search_shows_numbers_people_and_lists(made: Scene) -> None:
    page = as_role(made, Role.DPO).get(asked(made))

    assert page.context["counts"].people == len(Source)
    assert len(page.context["rows"]) == len(Source)
    assert "Alice Audience" in page.content.decode()
    assert {one.source for one, _title in page.context["lists"]} >= {Source.AUDIENCE, Source.CALL_LIST}


def test_search_takes_as_many_queries_for_many_people(made: Scene, django_assert_num_queries: object) -> None:
    people = [make.contact(organisation=made.entity.organisation) for _person in range(20)]
    give_out(made, Disclosure.Source.AUDIENCE, people)
    officer = as_role(made, Role.DPO)

    for sources in ([Source.AUDIENCE], [Source.LOOKUP]):
        with django_assert_num_queries(16):  # type: ignore[operator]
            officer.get(asked(made, *sources))


def test_people_of_a_search_are_kept_with_a_breach(made: Scene) -> None:
    incident, officer = make.incident(legal_entity=made.entity), as_role(made, Role.DPO)

    answer = officer.post(asked(made, incident=incident.pk), {"keep": "1"})
    tasks.work_job(job_id=str(Job.objects.get(kind="INCIDENT").pk))
    page = officer.get(people_page(incident))

    assert answer.status_code == 302
    assert page.context["counts"].people == len(Source)
    assert officer.get(answer["Location"]).context["result"].url == people_page(incident)


def test_file_of_people_is_written_down_before_it_is_given(made: Scene) -> None:
    officer = as_role(made, Role.DPO)

    head, *rows = lines(officer.post(asked(made, Source.SHOWN, Source.CALL), {"export": "1"}))

    given = Disclosure.objects.get(source="INCIDENT", staff__username="DPO")
    people = {made.people[Source.SHOWN].pk, made.people[Source.CALL].pk}
    assert head[:3] == ["contact", "name", "erased"]
    assert sorted(row[1:4] for row in rows) == [
        ["Alice Call", "false", "Calls made"],
        ["Alice Shown", "false", "Shown at the call desk"],
    ]
    assert set(given.contact_ids) == people


def test_file_starts_no_formula(made: Scene) -> None:
    contact = made.people[Source.CALL]
    contact.given_name = "=HYPERLINK(1)"
    contact.save(update_fields=["given_name"])

    _head, row = lines(as_role(made, Role.DPO).post(asked(made, Source.CALL), {"export": "1"}))

    assert row[1] == "'=HYPERLINK(1) Call"


def test_looking_changes_nothing(made: Scene) -> None:
    officer, before = as_role(made, Role.DPO), Disclosure.objects.count()

    officer.get(f"{asked(made)}&export=1&keep=1")

    assert (Disclosure.objects.count(), Job.objects.count()) == (before, 0)


READERS = [(Role.DPO, 200), (Role.AUDITOR, 200), (Role.MARKETING, 403), (Role.ADMINISTRATOR, 403)]


@pytest.mark.parametrize(("role", "status"), READERS)
def test_only_officer_and_auditor_see_breaches_and_search(made: Scene, role: Role, status: int) -> None:
    incident, member = make.incident(legal_entity=made.entity), as_role(made, role)

    pages = [
        asked(made),
        people_page(incident),
        reverse("admin:consent_incident_changelist"),
        reverse("admin:consent_incident_change", args=[incident.pk]),
        reverse("admin:consent_disclosure_changelist"),
    ]

    assert {member.get(page).status_code for page in pages} == {status}


def test_auditor_keeps_and_takes_out_nothing(made: Scene) -> None:
    incident, auditor = make.incident(legal_entity=made.entity), as_role(made, Role.AUDITOR)

    answers = [
        auditor.post(asked(made, incident=incident.pk), {"keep": "1"}),
        auditor.post(asked(made), {"export": "1"}),
        auditor.post(reverse("admin:consent_incident_people_export", args=[incident.pk])),
        auditor.post(reverse("admin:consent_incident_people_forget", args=[incident.pk])),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4


def test_marketing_sees_no_job_of_a_breach(made: Scene) -> None:
    incident = make.incident(legal_entity=made.entity)
    as_role(made, Role.DPO).post(asked(made, incident=incident.pk), {"keep": "1"})
    job = reverse("admin:consent_job_change", args=[Job.objects.get().pk])

    assert as_role(made, Role.MARKETING).get(job).status_code == 404


def test_breaches_of_others_are_not_there(made: Scene) -> None:
    other = scene(code="ander")
    theirs, officer = make.incident(legal_entity=other.entity), as_role(made, Role.DPO)

    answers = [
        officer.get(people_page(theirs)),
        officer.post(reverse("admin:consent_incident_people_export", args=[theirs.pk])),
        officer.post(asked(made, incident=theirs.pk), {"keep": "1"}),
    ]
    page = officer.get(asked(other))

    assert [answer.status_code for answer in answers] == [404] * 3
    assert "search" not in page.context
    assert page.context["form"].errors.keys() == {"legal_entity"}


def test_officer_limited_to_a_legal_entity_searches_only_that(made: Scene) -> None:
    sister = make.legal_entity(organisation=made.entity.organisation, code="zuster", name="Zuster")
    limited = make.staff_member(
        organisation=made.entity.organisation, username="beperkt", role=Role.DPO, legal_entities=[sister]
    )

    page = signed_in(limited).get(asked(made))

    assert page.context["form"].errors.keys() == {"legal_entity"}


@pytest.mark.parametrize("key", ["x", "00000000-0000-0000-0000-000000000000"])
def test_unknown_breach_is_not_there(made: Scene, key: str) -> None:
    assert as_role(made, Role.DPO).get(f"{SEARCH}?incident={key}").status_code == 404


def test_breach_is_written_down_with_who_and_when(made: Scene) -> None:
    officer = as_role(made, Role.DPO)
    said = {
        "legal_entity": made.entity.pk,
        "title": "Mail verkeerd gestuurd",
        "kinds": ["CONFIDENTIALITY"],
        "what_happened": "Een mail ging naar een ander.",
        "happened_from_0": "2026-11-20",
        "happened_from_1": "10:00",
        "noticed_at_0": "2026-11-20",
        "noticed_at_1": "11:00",
        "risk": "UNWEIGHED",
    }

    answer = officer.post(reverse("admin:consent_incident_add"), said)

    assert answer.status_code == 302
    incident = Incident.objects.get()
    assert (incident.organisation, incident.recorded_at) == (made.entity.organisation, make.NOW)
    assert incident.recorded_by is not None
    assert incident.recorded_by.username == "DPO"


def test_closing_without_a_decision_is_refused_with_a_sentence(made: Scene) -> None:
    incident, officer = make.incident(legal_entity=made.entity), as_role(made, Role.DPO)
    page = officer.get(reverse("admin:consent_incident_change", args=[incident.pk]))
    form = page.context["adminform"].form
    said = {
        "title": incident.title,
        "kinds": incident.kinds,
        "what_happened": incident.what_happened,
        "happened_from_0": "2026-11-19",
        "happened_from_1": "12:00",
        "noticed_at_0": "2026-11-20",
        "noticed_at_1": "12:00",
        "risk": "RISK",
        "closed_at_0": "2026-11-21",
        "closed_at_1": "12:00",
    }

    answer = officer.post(reverse("admin:consent_incident_change", args=[incident.pk]), said)

    assert form.fields.keys() >= {"risk", "closed_at"}
    assert "Before it is closed: weigh the risk" in answer.content.decode()


def test_start_page_says_what_waits_to_those_who_may_see_it(made: Scene) -> None:
    make.incident(legal_entity=made.entity)

    pages = [as_role(made, role).get("/admin/").content.decode() for role in (Role.DPO, Role.MARKETING)]

    assert ["data breach waits to be reported" in page for page in pages] == [True, False]


def breach_with(made: Scene, *names: str) -> Incident:
    """A data breach whose people have an address each, with a whole message."""
    found = make.incident(legal_entity=made.entity, risk=Incident.Risk.HIGH)
    make.incident_letter(incident=found)
    for name in names:
        contact = make.contact(organisation=made.entity.organisation, given_name=name)
        make.email_point(contact=contact, text=f"{name}@example.org".lower())
        find(found, contact)
    return found


def find(breach: Incident, contact: Contact) -> None:
    IncidentPerson.objects.create(
        incident=breach, contact_id=contact.pk, source="CALL", first_at=make.NOW, last_at=make.NOW, times=1
    )


def letter_page(breach: Incident, page: str = "letter") -> str:
    return reverse(f"admin:consent_incident_{page}", args=[breach.pk])


def test_message_is_written_and_read_in_each_language_before_it_goes(made: Scene) -> None:
    breach = make.incident(legal_entity=made.entity)
    client = as_role(made, Role.DPO)
    empty = client.get(letter_page(breach)).content.decode()
    texts = {f"{part}_{code}": "" for part in ("consequences", "measures", "advice") for code in ("nl", "en")}
    said = {**texts, "what_happened_nl": "Lijst kwijt.", "what_happened_en": "A list was lost."}

    saved = client.post(letter_page(breach), said)
    page = client.get(letter_page(breach)).content.decode()

    assert "“What happened” is not written in Dutch (art. 34(2))." in empty
    assert (saved.status_code, IncidentLetter.objects.get().what_happened["en"]) == (302, "A list was lost.")
    assert "“What happened” is not written" not in page
    assert "“What we did” is not written in Dutch (art. 34(2))." in page
    assert "Wat is er gebeurd" not in empty
    assert [text in page for text in ("Lijst kwijt.", "A list was lost.")] == [True, True]
    assert reverse("admin:consent_incident_letter_tell", args=[breach.pk]) not in page


def test_people_are_told_when_their_number_is_typed(made: Scene) -> None:
    breach = breach_with(made, "Alice", "Bob")
    client = as_role(made, Role.DPO)
    page = letter_page(breach, "letter_tell")

    asked = client.get(page)
    wrong = client.post(page, {"number": "3"})
    right = client.post(page, {"number": "2"})

    assert (asked.context["expected"].counts, asked.context["outcomes"][0][1]) == ({"MAILED": 2}, 2)
    assert b"That is another number than the people it concerns." in wrong.content
    job = Job.objects.get(kind=Job.Kind.BREACH)
    assert right["Location"] == reverse("admin:consent_job_change", args=[job.pk])
    tasks.work_job(job_id=str(job.pk))
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.BREACH).count() == 2
    told = client.get(letter_page(breach)).content.decode()
    assert "2 people so far. The text stays as they read it." in told
    assert 'name="what_happened_nl"' not in told


def test_told_text_is_not_changed_any_more(made: Scene) -> None:
    breach = breach_with(made, "Alice")
    client = as_role(made, Role.DPO)
    client.post(letter_page(breach, "letter_tell"), {"number": "1"})

    client.post(letter_page(breach), {"what_happened_nl": "Niets aan de hand."})

    assert IncidentLetter.objects.get().what_happened["nl"].startswith("Een bellijst")


def test_message_that_is_not_whole_leads_back_with_what_is_missing(made: Scene) -> None:
    breach = breach_with(made, "Alice")
    IncidentLetter.objects.update(measures={})

    answer = as_role(made, Role.DPO).post(letter_page(breach, "letter_tell"), {"number": "1"}, follow=True)

    assert "“What we did” is not written in Dutch (art. 34(2))." in answer.content.decode()
    assert not Job.objects.filter(kind=Job.Kind.BREACH).exists()


def test_letters_by_post_have_names_and_addresses_and_are_noted(made: Scene) -> None:
    breach = breach_with(made)
    carol = make.contact(organisation=made.entity.organisation, given_name="Carol")
    make.postal_point(contact=carol)
    find(breach, carol)
    client = as_role(made, Role.DPO)
    client.post(letter_page(breach, "letter_tell"), {"number": "1"})
    tasks.work_job(job_id=str(Job.objects.get(kind=Job.Kind.BREACH).pk))
    before = Disclosure.objects.count()

    page = client.get(letter_page(breach, "letter_post")).content.decode()
    file = lines(client.post(letter_page(breach, "letter_post_export")))
    client.post(letter_page(breach, "letter_posted"), {"number": "2"})
    too_soon = IncidentNotice.objects.filter(incident=breach).get().posted_at
    breach.refresh_from_db()
    told_too_soon = breach.told_at
    client.post(letter_page(breach, "letter_posted"), {"number": "1"})
    breach.refresh_from_db()

    assert (too_soon, told_too_soon, breach.told_at) == (None, None, make.NOW)
    assert [text in page for text in ("Carol Jansen", "Dorpsstraat 1, 1000AA Amsterdam")] == [True, True]
    assert [row[1:5] for row in file[1:]] == [["Carol Jansen", "Dorpsstraat 1", "1000AA", "Amsterdam"]]
    assert Disclosure.objects.count() == before + 1
    assert IncidentNotice.objects.filter(incident=breach).get().posted_at == make.NOW
    assert client.get(letter_page(breach, "letter_posted")).status_code == 405


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MARKETING, Role.ADMINISTRATOR])
def test_only_who_handles_breaches_tells_people(role: Role, made: Scene) -> None:
    breach = breach_with(made, "Alice")
    client = as_role(made, role)

    for page in ("letter", "letter_tell", "letter_post"):
        assert client.get(letter_page(breach, page)).status_code == 403
    for page in ("letter_post_export", "letter_posted", "letter_tell"):
        assert client.post(letter_page(breach, page), {"number": "1"}).status_code == 403


def test_officer_of_another_organisation_finds_no_such_breach(made: Scene) -> None:
    breach = breach_with(made, "Alice")
    stranger = as_role(scene(code="ander"), Role.DPO)

    assert stranger.get(letter_page(breach)).status_code == 404
