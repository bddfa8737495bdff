import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consent.domain import jobs
from consent.domain.rights import steps
from consent.models import Act, ConsentEvent, Job, KeptData, RightsRequest, RightsStep
from consent.tasks import chunk_of
from customers.models import Contact, StaffMember, Transaction
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in
from tests.consent.domain.rights.asking import Kind, receive
from tests.preference_scenes import House, buy_lamp, house

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
HOUR = timedelta(hours=1)


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def officer(home: House) -> Client:
    return signed_in(make.staff_member(organisation=home.organisation, username="fenna", role=Role.DPO))


def ask(home: House, kind: RightsRequest.Kind = Kind.ERASURE, **more: Any) -> RightsRequest:
    moment = more.pop("received_at", timezone.now() - HOUR)
    return receive(house=home, kind=kind, received_at=moment, recorded_at=timezone.now(), **more)


def do(request: RightsRequest, slug: str) -> str:
    return reverse("admin:consent_rightsrequest_act", args=[request.pk, slug])


def enter(contact: Contact) -> str:
    return reverse("admin:customers_contact_act", args=[contact.pk, "rights"])


def entry(home: House, **more: str) -> dict[str, str]:
    return {
        "kind": "ERASURE",
        "legal_entity": str(home.shop.pk),
        "source": "PAPER",
        "received_at_0": "2026-11-20",
        "received_at_1": "09:00",
        "words": "Haal mij eruit.",
        "identity": "",
        **more,
    }


def test_request_that_came_by_letter_is_written_down_from_the_page_of_the_contact(home: House) -> None:
    agent = signed_in(make.staff_member(organisation=home.organisation))

    answer = agent.post(enter(home.alice), entry(home))

    request = RightsRequest.objects.get()
    assert answer.status_code == 302
    assert (request.contact, request.source, request.identity) == (home.alice, "PAPER", "")
    assert timezone.localtime(request.received_at).isoformat() == "2026-11-20T09:00:00+01:00"
    assert steps.read_words(request=request) == "Haal mij eruit."


def test_same_request_is_written_down_once(home: House, officer: Client) -> None:
    ask(home)

    page = officer.post(enter(home.alice), entry(home))

    assert "This person asked the same already. It is not answered yet." in page.content.decode()


def test_somebody_we_do_not_know_is_written_down_from_the_list(home: House, officer: Client) -> None:
    said = entry(home, words="Zoe Onbekend, Zeestraat 1, vraagt wat wij weten.", kind="ACCESS")

    answer = officer.post(reverse("admin:consent_rightsrequest_enter"), said)

    request = RightsRequest.objects.get()
    assert answer.headers["Location"] == page_of(request, "change")
    assert request.contact is None


def test_overdue_requests_stand_first_and_answered_ones_last(home: House, officer: Client) -> None:
    long_ago = timezone.now() - timedelta(days=90)
    done = ask(home, Kind.MARKETING)
    RightsRequest.objects.filter(pk=done.pk).update(state="DONE", closed_at=timezone.now())
    new, old = ask(home, Kind.ACCESS), ask(home, Kind.RESTRICTION, received_at=long_ago)

    listed = officer.get(list_of(RightsRequest))
    overdue = officer.get(list_of(RightsRequest), {"overdue": "1"})

    assert [row.pk for row in listed.context["cl"].result_list] == [old.pk, new.pk, done.pk]
    assert "Overdue" in listed.content.decode()
    assert [row.pk for row in overdue.context["cl"].result_list] == [old.pk]


def test_page_of_a_request_shows_its_clock_words_steps_and_what_can_be_done(
    home: House, officer: Client
) -> None:
    request = ask(home)

    page = officer.get(page_of(request, "change"))

    assert [act.slug for act in page.context["acts"]] == ["erase", "extend", "refuse"]
    assert [told.step.what for told in page.context["steps"]] == ["RECEIVED", "IDENTITY_CHECKED"]
    assert "Haal mij overal uit." in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "identity", "slugs"),
    [
        (Kind.ERASURE, None, ["identity", "extend", "refuse"]),
        (Kind.MARKETING, None, ["identity", "fulfil", "extend", "refuse"]),
        (Kind.PROOF, "DOCUMENT", ["fulfil", "refuse"]),
        (Kind.RECTIFICATION, "DOCUMENT", ["correct", "extend", "refuse"]),
        (Kind.RESTRICTION, "DOCUMENT", ["restrict", "extend", "refuse"]),
    ],
)
def test_steps_are_offered_that_make_sense(
    home: House, officer: Client, kind: RightsRequest.Kind, identity: str | None, slugs: list[str]
) -> None:
    request = ask(home, kind, identity=RightsRequest.Identity(identity) if identity else None)

    page = officer.get(page_of(request, "change"))

    assert [act.slug for act in page.context["acts"]] == slugs


def test_identity_is_noted_before_anything_is_done(home: House, officer: Client) -> None:
    request = ask(home, identity=None)
    refused = officer.get(do(request, "erase"))

    officer.post(do(request, "identity"), {"identity": "DOCUMENT", "note": "Paspoort gezien."})

    assert refused.status_code == 404
    request.refresh_from_db()
    assert (request.identity, str(request.identity_checked_by)) == ("DOCUMENT", "fenna")


def erasing(**more: str) -> dict[str, str]:
    return {"confirmation": "alice jansen", **more}


def test_erasure_asks_for_the_name_and_then_erases(home: House, officer: Client) -> None:
    request = ask(home)

    wrong = officer.post(do(request, "erase"), erasing(confirmation="Bob"))
    answer = officer.post(do(request, "erase"), erasing())

    assert "This is another name or address than that of the person." in wrong.content.decode()
    assert answer.status_code == 302
    assert Contact.objects.get(pk=home.alice.pk).erased_at is not None
    event = ConsentEvent.objects.get(act=Act.ERASED)
    assert (event.source, event.actor, event.staff_id) == (
        "PAPER",
        "SUBJECT",
        StaffMember.objects.get(username="fenna").pk,
    )


def test_page_after_erasure_says_that_the_words_are_gone(home: House, officer: Client) -> None:
    request = ask(home)
    officer.post(do(request, "erase"), erasing())

    page = officer.get(page_of(request, "change"))
    story = officer.get(page_of(home.alice, "change"))

    assert page.context["words"] is None
    assert "Haal mij overal uit." not in page.content.decode()
    assert page.context["acts"] == []
    assert "Jansen" not in story.content.decode()


def test_what_the_law_has_us_keep_is_chosen_with_ground_reason_and_day(home: House, officer: Client) -> None:
    buy_lamp(house=home)
    request = ask(home)
    keep = {"keep_TRANSACTIONS": "on"}

    missing = officer.post(do(request, "erase"), erasing(**keep))
    officer.post(
        do(request, "erase"),
        erasing(
            **keep,
            ground_TRANSACTIONS="LEGAL_DUTY",
            reason_TRANSACTIONS="Zeven jaar boekhouding.",
            until_TRANSACTIONS="2033-12-31",
        ),
    )

    assert set(missing.context["form"].errors) == {
        "ground_TRANSACTIONS",
        "reason_TRANSACTIONS",
        "until_TRANSACTIONS",
    }
    kept = KeptData.objects.get()
    assert (kept.what, kept.ground, str(kept.decided_by)) == ("TRANSACTIONS", "LEGAL_DUTY", "fenna")
    assert Transaction.objects.filter(contact=home.alice).count() == 1


def test_page_warns_who_else_is_blocked(home: House, officer: Client) -> None:
    bob = make.contact(organisation=home.organisation, given_name="Bob")
    make.email_point(contact=bob)

    page = officer.get(do(ask(home), "erase"))

    assert page.context["shared"] == 1


def test_extension_and_refusal_are_told_to_the_person(home: House, officer: Client) -> None:
    request = ask(home)

    officer.post(do(request, "extend"), {"reason": "Veel brieven."})
    officer.post(do(request, "refuse"), {"ground": "EXEMPT", "reason": "De wet vraagt het."})

    request.refresh_from_db()
    assert (request.state, request.ground) == ("REFUSED", "EXEMPT")
    assert home.alice.messages.filter(kind="RIGHTS").count() == 3


def test_correction_and_restriction_are_done_from_the_page(home: House, officer: Client) -> None:
    correction, restriction = ask(home, Kind.RECTIFICATION), ask(home, Kind.RESTRICTION)

    officer.post(
        do(correction, "correct"),
        {"given_name": "Aleida", "family_name": "Jansen", "address": "", "remark": ""},
    )
    officer.post(do(restriction, "restrict"), {"remark": "Juistheid betwist."})

    assert Contact.objects.get(pk=home.alice.pk).given_name == "Aleida"
    assert home.alice.restrictions.get().reason == "Juistheid betwist."


def test_officer_takes_the_copy_for_who_has_no_mail(home: House, officer: Client) -> None:
    request = ask(home, Kind.ACCESS)
    address = reverse("admin:consent_rightsrequest_copy", args=[request.pk])

    looked = officer.get(address)
    file = officer.post(address)

    assert looked.status_code == 404
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert "Jansen" in archive.read("jawoord.html").decode()
    step = RightsStep.objects.get(what="COPY_GIVEN")
    assert str(step.staff) == "fenna"


@pytest.mark.parametrize("role", [Role.MARKETING, Role.CALL_AGENT, Role.ADMINISTRATOR])
def test_others_neither_see_nor_answer_requests(home: House, role: StaffMember.Role) -> None:
    request = ask(home)
    client = signed_in(make.staff_member(organisation=home.organisation, username="ander", role=role))

    answers = [
        client.get(list_of(RightsRequest)),
        client.get(page_of(request, "change")),
        client.post(do(request, "erase"), erasing()),
        client.post(reverse("admin:consent_rightsrequest_copy", args=[request.pk])),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert Contact.objects.get(pk=home.alice.pk).erased_at is None


def test_auditor_sees_requests_without_the_words_and_answers_none(home: House) -> None:
    request = ask(home)
    auditor = signed_in(
        make.staff_member(organisation=home.organisation, username="controle", role=Role.AUDITOR)
    )

    page = auditor.get(page_of(request, "change"))

    assert page.status_code == 200
    assert "Haal mij overal uit." not in page.content.decode()
    assert auditor.post(do(request, "refuse"), {}).status_code == 403


def test_officer_of_another_organisation_finds_nothing(home: House) -> None:
    request = ask(home)
    stranger = make.organisation(code="ander", name="Ander")
    client = signed_in(make.staff_member(organisation=stranger, username="vreemd", role=Role.DPO))

    answers = [
        client.post(do(request, "erase"), erasing()),
        client.post(reverse("admin:consent_rightsrequest_copy", args=[request.pk])),
        client.get(page_of(request, "change")),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_officer_of_one_legal_entity_erases_and_copies_nobody(home: House) -> None:
    limited = make.staff_member(
        organisation=home.organisation, username="deel", role=Role.DPO, legal_entities=[home.shop]
    )
    erasure, copy = ask(home), ask(home, Kind.ACCESS)
    client = signed_in(limited)

    page = client.get(page_of(erasure, "change"))
    erased = client.post(do(erasure, "erase"), erasing())
    taken = client.post(reverse("admin:consent_rightsrequest_copy", args=[copy.pk]))
    erase_chosen(client, home.alice, number="1")

    assert [act.slug for act in page.context["acts"]] == ["extend", "refuse"]
    assert (erased.status_code, taken.status_code) == (404, 403)
    assert Contact.objects.get(pk=home.alice.pk).erased_at is None
    assert not Job.objects.exists()


def test_list_asks_the_database_as_often_for_one_as_for_three(
    home: House, officer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(home)
    with django_assert_num_queries(12):
        officer.get(list_of(RightsRequest))
    ask(home, Kind.ACCESS)
    ask(home, Kind.PROOF)

    with django_assert_num_queries(12):
        officer.get(list_of(RightsRequest))


def test_page_of_a_request_asks_the_database_a_fixed_number_of_times(
    home: House, officer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = ask(home, Kind.MARKETING, identity=None)
    officer.post(do(request, "extend"), {"reason": "Veel."})
    with django_assert_num_queries(14):
        officer.get(page_of(request, "change"))
    officer.post(do(request, "identity"), {"identity": "KNOWN", "note": "Wist het ordernummer."})

    with django_assert_num_queries(14):
        officer.get(page_of(request, "change"))


def erase_chosen(client: Client, *chosen: Contact, **more: str) -> Any:
    said = {"action": "erase_selected", "_selected_action": [str(contact.pk) for contact in chosen], **more}
    return client.post(list_of(Contact), said)


def test_selection_is_erased_after_its_number_was_typed(home: House, officer: Client) -> None:
    bob = make.contact(organisation=home.organisation, given_name="Bob")

    asked = erase_chosen(officer, home.alice, bob)
    wrong = erase_chosen(officer, home.alice, bob, number="3")
    begun = erase_chosen(officer, home.alice, bob, number="2")

    assert "Alice Jansen" in asked.content.decode()
    assert "That is another number than the people you chose." in wrong.content.decode()
    job = Job.objects.get()
    assert (begun.headers["Location"], job.kind, job.total) == (page_of(job, "change"), "ERASURE", 2)
    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=timezone.now()):
        pass
    assert Contact.objects.filter(erased_at=None).count() == 0


def test_others_are_not_offered_to_erase_a_selection(home: House) -> None:
    marketer = signed_in(make.staff_member(organisation=home.organisation, role=Role.MARKETING))

    erase_chosen(marketer, home.alice, number="1")

    assert not Job.objects.exists()


def test_start_page_tells_what_is_overdue_and_what_is_due(home: House, officer: Client) -> None:
    ask(home, received_at=timezone.now() - timedelta(days=90))
    soon = ask(home, Kind.ACCESS)
    RightsRequest.objects.filter(pk=soon.pk).update(due_at=timezone.now() + timedelta(days=2))

    page = " ".join(officer.get(reverse("admin:index")).content.decode().split())

    assert "1 rights request is overdue." in page
    assert "1 rights request is due within a week." in page


def test_start_page_tells_others_nothing_of_requests(home: House) -> None:
    ask(home, received_at=timezone.now() - timedelta(days=90))
    marketer = signed_in(make.staff_member(organisation=home.organisation, role=Role.MARKETING))

    assert "rights request" not in marketer.get(reverse("admin:index")).content.decode()
