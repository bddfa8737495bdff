import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from consent.domain.incidents import telling
from consent.domain.incidents.clock import Step, next_step
from consent.domain.ledger.evidence import open_evidence
from consent.domain.privacy.checking import check_statement
from consent.domain.privacy.editions import list_editions
from consent.domain.suppressions import find_suppressions
from consent.forms.ticket import read_ticket
from consent.management.sample_data.acts import Person
from consent.management.sample_data.generated_people import draw_person
from consent.management.sample_data.staff import SAMPLE_LOGINS
from consent.models import (
    GRANTS,
    Act,
    BalancingTest,
    CallingPolicy,
    CallList,
    ConsentEvent,
    DoNotCallRegistration,
    DoNotCallSnapshot,
    Evidence,
    Incident,
    IncidentLetter,
    Job,
    OutboxMessage,
    Purpose,
    RightsRequest,
    ShownForm,
)
from customers.models import (
    Contact,
    ContactPoint,
    LegalEntity,
    Organisation,
    ProductSimilarity,
    StaffMember,
)
from tests.consent.sample_facts import BRUSSELS, EVERYWHERE, PEOPLE, Facts, read_facts
from tests.make import LONG_AGO

GENERATED = 120
# Whom an app above adds to the people of the list.
OF_STORIES = ("iris", "isa", "jade", "kees", "lars", "mila", "nina")
FORMS = ("receptenboekje", "vogelgids", "proefabonnement", "talent")
ORGANISATIONS = [
    "belgaboek",
    "bosvogels",
    "dagpost",
    "geluksloterij",
    "harthulp",
    "huisgroep",
    "werkplaats",
]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("sample", people=GENERATED, verbosity=0)
        yield
        transaction.set_rollback(True)


def contact_of(*, name: str, organisation: str) -> Contact:
    address = "info@example.be" if name == "info" else f"{name}@example.org"
    point = ContactPoint.objects.get(organisation__code=organisation, value=address)
    return point.contact


def rows_by_table() -> dict[str, int]:
    return {model.__name__: QuerySet(model=model).count() for model in apps.get_models()}


@pytest.mark.parametrize(("name", "known"), PEOPLE.items())
def test_sample_stores_the_facts_of_each_person(name: str, known: tuple[str, Facts]) -> None:
    organisation, facts = known

    contact = contact_of(name=name, organisation=organisation)

    assert read_facts(contact=contact) == facts


@pytest.mark.parametrize(("name", "facts"), EVERYWHERE.items())
@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_sample_gives_every_organisation_these_contacts(name: str, facts: Facts, organisation: str) -> None:
    contact = contact_of(name=name, organisation=organisation)

    assert read_facts(contact=contact) == facts


def test_sample_has_no_other_contacts() -> None:
    named = Contact.objects.filter(
        points__value__in=[f"{name}@example.org" for name in (*PEOPLE, *EVERYWHERE, *OF_STORIES)]
    )

    assert named.distinct().count() == (
        len(PEOPLE) - 1 + len(EVERYWHERE) * len(ORGANISATIONS) + len(OF_STORIES)
    )
    assert Contact.objects.count() == named.distinct().count() + 1 + GENERATED


def test_sample_leaves_only_the_block_of_who_was_erased() -> None:
    harthulp = Organisation.objects.get(code="harthulp")
    umut = Person(name="umut", phone="+31200000123").addresses

    blocks = find_suppressions(organisation=harthulp, addresses=list(umut.values()))
    events = ConsentEvent.objects.filter(act=Act.SUPPRESSED)

    assert sorted(blocks) == ["+31200000123", "umut@example.org"]
    assert {row.channel for rows in blocks.values() for row in rows} == {""}
    assert {row.reason for rows in blocks.values() for row in rows} == {"ERASURE"}
    assert {f"{event.occurred_at:%Y-%m-%d %H:%M %Z}" for event in events} == {"2026-03-01 11:00 UTC"}
    assert not ContactPoint.objects.filter(value__in=blocks).exists()
    assert not Evidence.objects.filter(event_id__in=events.values("pk")).exists()
    assert not Contact.objects.filter(pk__in=events.values("subject_id")).exists()


def test_sample_proves_every_permission_but_the_claimed_one() -> None:
    eva = contact_of(name="eva", organisation="harthulp")

    granted = ConsentEvent.objects.filter(act__in=GRANTS)
    lacking = granted.filter(complete=False) | granted.filter(proven=False)

    assert [event.subject_id for event in lacking] == [eva.pk]
    assert all(open_evidence(event=event)["address"] for event in granted if event.source != "WEB_FORM")
    assert all(open_evidence(event=event)["typed"] for event in granted if event.source == "WEB_FORM")
    assert granted.count() > GENERATED // 4


def test_sample_records_named_people_when_it_happened() -> None:
    eva = contact_of(name="eva", organisation="harthulp")
    names = [contact_of(name=name, organisation=known[0]).pk for name, known in PEOPLE.items()]

    late = [
        event.subject_id
        for event in ConsentEvent.objects.filter(subject_id__in=names)
        if event.recorded_at != event.occurred_at
    ]

    assert late == [eva.pk]


def test_sample_run_twice_adds_nothing() -> None:
    before = rows_by_table()

    call_command("sample", people=GENERATED + 50, verbosity=0)

    assert rows_by_table() == before


@pytest.mark.parametrize("code", FORMS)
def test_sample_form_is_online(client: Client, code: str) -> None:
    page = client.get(f"/forms/{code}/")

    assert page.status_code == 200


@pytest.mark.parametrize("code", ["receptenboekje", "vogelgids", "talent"])
def test_sample_keeps_the_form_as_its_page_shows_it(client: Client, code: str) -> None:
    page = client.get(f"/forms/{code}/").content.decode()
    [ticket] = re.findall(r'name="ticket" value="([^"]+)"', page)

    assert [row.content_hash for row in ShownForm.objects.filter(collection_point__code=code)] == [
        read_ticket(text=ticket).content_hash
    ]


def test_sample_writes_few_messages() -> None:
    recipients = OutboxMessage.objects.values_list("contact_point__value", flat=True).distinct()
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING)

    assert sorted(recipients) == [
        f"{name}@example.org"
        for name in (
            "bea",
            "fatima",
            "ilse",
            "iris",
            "isa",
            "jade",
            "joost",
            "kees",
            "lars",
            "lotte",
            "luc",
            "milan",
            "nina",
            "petra",
            "quinten",
            "tess",
            "vera",
            "yusuf",
            "zoe",
        )
    ]
    assert waiting.count() == 20


def test_sample_organisations_hold_the_list_of_belgium() -> None:
    taken = DoNotCallSnapshot.objects.values_list("organisation__code", "taken_at", "numbers")
    listed = DoNotCallRegistration.objects.filter(organisation__code="belgaboek").order_by("number")

    assert sorted(taken) == [
        (code, datetime(2026, 11, 1, 23, 55, tzinfo=BRUSSELS), 2) for code in ORGANISATIONS
    ]
    assert [(row.number.as_e164, row.registered_date) for row in listed] == [
        ("+3222000112", date(2025, 5, 1)),
        ("+3222000113", date(2025, 5, 1)),
    ]


def test_sample_records_one_balancing_test() -> None:
    weighed = BalancingTest.objects.values_list("legal_entity__code", "purpose__code", "channel")

    assert list(weighed) == [("dagpost", "offers", "POST")]


def test_sample_service_purposes_pass_their_test() -> None:
    services = Purpose.objects.filter(code="service").select_related("service_test")

    assert len(services) == len(ORGANISATIONS)
    assert all(purpose.service_test.passed for purpose in services)


def test_sample_purposes_belong_to_their_legal_entities() -> None:
    served = {
        entity.code: sorted(entity.purposes.values_list("code", flat=True))
        for entity in LegalEntity.objects.all()
    }

    seller = ["offers", "profiling", "service"]
    assert served == {
        "harthulp": ["fundraising", "newsletter", "profiling", "service"],
        "bosvogels": ["fundraising", "membership-call", "newsletter", "profiling", "service"],
        "dagpost": seller,
        "lampenwinkel": ["behaviour", *seller],
        "stroomkring": seller,
        "geluksloterij": seller,
        "werkplaats": ["profiling", "service", "talent-pool"],
        "belgaboek": seller,
    }


def test_sample_lamps_and_light_sources_are_similar() -> None:
    similar = ProductSimilarity.objects.values_list(
        "product_group__code", "similar_group__code", "valid_from_date", "valid_until_date"
    )

    assert sorted(similar) == [
        ("lampen", "lichtbronnen", date(2020, 1, 1), None),
        ("lichtbronnen", "lampen", date(2020, 1, 1), None),
    ]


def test_sample_legal_entities_differ_in_look() -> None:
    entities = LegalEntity.objects.all()

    assert len({entity.accent_colour for entity in entities}) == 8
    assert len({entity.stop_number.as_e164 for entity in entities}) == 8


def test_sample_request_outlasts_the_usual_term() -> None:
    terms = dict(LegalEntity.objects.values_list("code", "unconfirmed_days"))

    assert terms.pop("harthulp") == 365
    assert set(terms.values()) == {14}


@pytest.mark.parametrize("login", SAMPLE_LOGINS, ids=lambda login: login.username)
def test_sample_login_works(login: Any) -> None:
    member = authenticate(username=login.username, password=login.password)

    assert isinstance(member, StaffMember)
    assert member.is_staff
    assert member.role == (login.role or "")


def test_sample_has_a_login_for_every_role() -> None:
    roles = {(login.organisation, login.role) for login in SAMPLE_LOGINS}

    assert {("huisgroep", role) for role in StaffMember.Role} < roles
    assert {("harthulp", role) for role in StaffMember.Role} < roles


def test_sample_has_a_login_for_its_talent_pool() -> None:
    roles = {(login.organisation, login.role) for login in SAMPLE_LOGINS}

    assert {("werkplaats", StaffMember.Role.MARKETING), ("werkplaats", StaffMember.Role.DPO)} <= roles


def test_generated_person_is_the_same_every_time() -> None:
    harthulp = LegalEntity.objects.get(code="harthulp")

    one, other = (draw_person(number=7, entity=harthulp, known_at=LONG_AGO) for _ in range(2))

    assert str(one.contact) == str(other.contact)
    assert [str(point) for point in one.points.values()] == [str(point) for point in other.points.values()]


def test_generated_people_cannot_be_reached() -> None:
    generated = ContactPoint.objects.filter(contact__points__value__regex=r"^\+3120000[1-9]\d{3}$")
    emails = generated.filter(kind="EMAIL").values_list("value", flat=True)
    phones = generated.filter(kind="PHONE")

    assert len(emails) == GENERATED
    assert {email.rpartition("@")[2] for email in emails} <= {"example.org", "example.com", "example.be"}
    assert not phones.filter(placeholder=True).exists()


def test_sample_is_refused_in_production(settings: Settings) -> None:
    settings.DEPLOYMENT = "production"

    with pytest.raises(CommandError, match=r"it loads in a trial only\.$") as refused:
        call_command("sample")

    assert refused.value.returncode == 2


@pytest.mark.parametrize("people", [-1, 9001])
def test_sample_refuses_an_impossible_number_of_people(people: int) -> None:
    with pytest.raises(CommandError, match="a number from 0 to 9000") as refused:
        call_command("sample", people=people)

    assert refused.value.returncode == 2


def test_call_desk_has_a_list_and_a_policy_to_try() -> None:
    call_list = CallList.objects.get()
    policy = CallingPolicy.objects.get()

    assert (call_list.legal_entity.code, call_list.purpose.code) == ("harthulp", "fundraising")
    assert call_list.job is not None
    assert call_list.job.state == Job.State.DONE
    assert call_list.entries.filter(contact_point__value__in=["+31200000102", "+31200000103"]).count() == 2
    assert call_list.entries.count() > 2
    assert (policy.legal_entity.code, policy.opens, policy.closes) == ("harthulp", time(10), time(20))


def test_statements_are_whole_and_true_and_two_have_a_second_version() -> None:
    now = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
    entities = LegalEntity.objects.order_by("code")

    editions = {entity.code: list_editions(legal_entity=entity, at=now) for entity in entities}
    checks = [check_statement(version=of_one[0].version, at=now) for of_one in editions.values()]

    assert [(check.faults, check.warnings) for check in checks] == [([], [])] * len(editions)
    several = {code: len(of_one) for code, of_one in editions.items() if len(of_one) > 1}
    assert several == {"harthulp": 2, "lampenwinkel": 2}


def test_rights_requests_stand_at_every_stage_of_their_clock() -> None:
    requests = RightsRequest.objects.order_by("received_at")
    stages = [
        (request.kind, request.state, request.extended_at is not None, request.due_at <= timezone.now())
        for request in requests
    ]

    assert stages == [
        ("ACCESS", "OPEN", False, True),
        ("PROOF", "DONE", False, True),
        ("RECTIFICATION", "OPEN", True, False),
        ("PORTABILITY", "REFUSED", False, False),
        ("ERASURE", "OPEN", False, False),
        ("PROOF", "OPEN", False, False),
    ]


def test_one_data_breach_waits_for_people_to_be_told() -> None:
    waiting = Incident.objects.get(closed_at=None)

    assert next_step(incident=waiting, now=timezone.now()) == Step.TELL_PEOPLE
    assert telling.what_is_missing(letter=IncidentLetter.objects.get(incident=waiting)) == []
    assert telling.people_concerned(incident=waiting).count() == 3
