from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.domain import jobs
from consent.models import Channel, Job
from consent.tasks import chunk_of
from customers.models import LegalEntity, StaffMember
from scoring.domain.campaigns import dry_run, gathering, running
from scoring.models import Campaign, CampaignRecipient
from tests import make
from tests.consent.admin_rows import signed_in
from tests.scoring import make_journeys, make_scores
from tests.scoring.domain.campaigns.scene import (
    NOW,
    campaign,
    marketer,
    purpose_of,
    reader,
    shop,
    started,
    withdraw,
    work_off,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def client(entity: LegalEntity) -> Client:
    return signed_in(marketer(entity))


def page(name: str, of: Campaign) -> str:
    return reverse(f"admin:scoring_campaign_{name}", args=[of.pk])


def typed(entity: LegalEntity, **changed: str) -> dict[str, Any]:
    return {
        "name": "Lampen",
        "code": "lampen",
        "legal_entity": entity.pk,
        "purpose": purpose_of(entity).pk,
        "channel": "EMAIL",
        "product_group": "",
        "segment": "",
        "journey_stage": "",
        "begins": "NOW",
        "score_model": "",
        "points": "",
        "subject_nl": "Nieuwe lampen",
        "subject_en": "New lamps",
        "text_nl": "Dag {given_name|lezer}",
        "text_en": "Hello {given_name|reader}",
        "link_label_nl": "",
        "link_label_en": "",
        "link_url": "",
        "counts": "NOTHING",
        **changed,
    }


def test_marketer_makes_a_draft(entity: LegalEntity, client: Client) -> None:
    answer = client.post(reverse("admin:scoring_campaign_add"), typed(entity))

    made = Campaign.objects.get()
    assert (answer.status_code, made.state, made.organisation) == (302, "DRAFT", entity.organisation)
    assert made.text == {"nl": "Dag {given_name|lezer}", "en": "Hello {given_name|reader}"}


def test_a_stage_is_chosen_of_a_journey_of_the_same_legal_entity_that_names_people(
    entity: LegalEntity, client: Client
) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")
    own, other = (
        make_journeys.journey(legal_entity=one, purpose=purpose_of(entity), code=code)
        for one, code in ((entity, "welkom"), (sister, "elders"))
    )
    looks = make_journeys.stage(journey=own)
    hidden = make_journeys.stage(journey=own, code="blijft", name="Blijft", figures_only=True)
    elsewhere = make_journeys.stage(journey=other, name="Elders")
    add = reverse("admin:scoring_campaign_add")

    refused = client.post(add, typed(entity, journey_stage=str(elsewhere.pk)))
    never = client.post(add, typed(entity, journey_stage=str(hidden.pk)))
    answer = client.post(add, typed(entity, journey_stage=str(looks.pk)))
    made = Campaign.objects.get()
    shown = client.get(reverse("admin:scoring_campaign_change", args=[made.pk])).content.decode()

    errors = refused.context["adminform"].form.errors
    assert errors == {"journey_stage": ["The stage belongs to a journey of another legal entity."]}
    assert "journey_stage" in never.context["adminform"].form.errors
    assert (answer.status_code, made.journey_stage) == (302, looks)
    assert "Welkom: Kijkt rond" in shown
    assert "Blijft" not in shown
    assert "Elders" not in shown


@pytest.mark.parametrize(
    ("field", "changed", "sentence"),
    [
        (
            "text",
            {"text_nl": "Dag {iban} {given_name"},
            "{iban}, { cannot be filled in. What can: {given_name}, {family_name}, {name}, {sender}.",
        ),
        ("channel", {"channel": "SMS"}, "This purpose does not use this channel."),
        ("code", {"code": "taken"}, "There is a campaign with this code already."),
        (
            "__all__",
            {"begins": "REACHES"},
            "To wait for a score, give a score model and points; else neither.",
        ),
        ("link_url", {"link_url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_what_can_never_be_right_is_refused_with_a_sentence(
    field: str, changed: dict[str, str], sentence: str, entity: LegalEntity, client: Client
) -> None:
    purpose = purpose_of(entity)
    purpose.channels = ["EMAIL"]
    purpose.save(update_fields=["channels"])
    campaign(entity, code="taken")

    answer = client.post(reverse("admin:scoring_campaign_add"), typed(entity, **changed))

    assert answer.context["adminform"].form.errors == {field: [sentence]}


def test_campaign_of_a_purpose_that_another_entity_has_is_refused(
    entity: LegalEntity, client: Client
) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")

    answer = client.post(reverse("admin:scoring_campaign_add"), typed(entity, legal_entity=str(sister.pk)))

    errors = answer.context["adminform"].form.errors
    assert errors == {"purpose": ["This legal entity does not have this purpose."]}


def test_dry_run_counts_by_reason_and_sends_nothing(entity: LegalEntity, client: Client) -> None:
    reader(entity, "Alice")
    bob = reader(entity, "Bob")
    withdraw(bob, entity, NOW)
    make.contact(organisation=entity.organisation, given_name="Carla")
    draft = campaign(entity)

    answer = client.get(page("dry_run", draft))

    table = answer.context["table"]
    assert (table.reachable, table.total) == (1, 3)
    assert [(str(row.label), row.number) for row in table.stays] == [
        ("Permission withdrawn", 1),
        ("No address", 1),
    ]
    assert "Start: 1 person gets it now" in answer.content.decode()
    assert CampaignRecipient.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_dry_run_of_very_many_is_counted_by_workers(
    entity: LegalEntity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "AT_ONCE", 2)
    for name in ("Alice", "Bob", "Carla"):
        reader(entity, name)
    draft = campaign(entity)

    first = client.get(page("dry_run", draft))
    for _press in range(2):
        client.post(page("dry_run", draft))
    job = Job.objects.get()
    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=job.created_at):
        pass
    after = client.get(page("dry_run", draft))

    assert (first.context["table"], first.context["too_many"]) == (None, True)
    assert (job.kind, job.total, after.context["table"].reachable) == ("DRY_RUN", 3, 3)


def test_changed_draft_shows_no_count_of_another_audience(
    entity: LegalEntity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(entity, "Alice")
    draft = campaign(entity)
    client.post(page("dry_run", draft))

    counted = client.get(page("dry_run", draft)).context
    draft.segment = make_scores.segment(legal_entity=entity)
    draft.save(update_fields=["segment"])
    changed = client.get(page("dry_run", draft)).context

    assert "count" in counted
    assert "count" not in changed
    assert changed["table"].total == 0


def test_marketer_starts_pauses_resumes_and_ends(entity: LegalEntity, client: Client) -> None:
    reader(entity, "Alice")
    draft = campaign(entity)

    states = []
    for act in ("start", "pause", "resume", "end"):
        client.post(page(act, draft))
        draft.refresh_from_db()
        states.append(draft.state)

    assert states == ["RUNNING", "PAUSED", "RUNNING", "ENDED"]
    assert draft.started_by == marketer(entity)


def test_ending_asks_once_more_with_how_many_get_nothing(entity: LegalEntity, client: Client) -> None:
    reader(entity, "Alice")
    begun = started(entity)
    gathering.gather(campaign=begun, at=NOW)

    answer = client.get(page("end", begun))

    begun.refresh_from_db()
    assert "1 person still waits and then gets nothing." in answer.content.decode()
    assert begun.state == "RUNNING"


@pytest.mark.parametrize("act", ["start", "pause", "resume"])
def test_get_changes_nothing(act: str, entity: LegalEntity, client: Client) -> None:
    draft = campaign(entity)

    assert client.get(page(act, draft)).status_code == 405


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (StaffMember.Role.DPO, {"pause", "end"}),
        (StaffMember.Role.CALL_AGENT, set()),
        (StaffMember.Role.AUDITOR, set()),
        (StaffMember.Role.ADMINISTRATOR, set()),
    ],
)
def test_others_do_not_start_campaigns(
    role: StaffMember.Role, allowed: set[str], entity: LegalEntity
) -> None:
    staff = make.staff_member(organisation=entity.organisation, username="ander", role=role)
    client, draft, begun = signed_in(staff), campaign(entity), started(entity, code="loopt")

    answers = {
        "start": client.post(page("start", draft)).status_code,
        "pause": client.post(page("pause", begun)).status_code,
        "end": client.post(page("end", begun)).status_code,
    }

    assert {act for act, status in answers.items() if status == 302} == allowed
    assert set(answers.values()) <= {302, 403, 404}


def test_started_campaign_cannot_be_changed(entity: LegalEntity, client: Client) -> None:
    begun = started(entity)

    answer = client.post(page("change", begun), typed(entity, name="Anders"))

    begun.refresh_from_db()
    assert (answer.status_code, begun.name) == (403, "Campagne lampen")


def test_what_is_missing_is_said_and_keeps_it_from_starting(entity: LegalEntity, client: Client) -> None:
    draft = campaign(entity, text={"nl": "Alleen Nederlands"})

    shown = client.get(page("change", draft)).content.decode()
    client.post(page("start", draft))

    draft.refresh_from_db()
    assert "Write the text in every language." in shown
    assert draft.state == "DRAFT"


def test_phone_campaign_without_a_number_to_show_does_not_start(entity: LegalEntity) -> None:
    draft = campaign(entity, channel=Channel.CALL)

    with pytest.raises(running.CampaignNotReadyError) as refused:
        running.start_campaign(campaign=draft, started_by=marketer(entity), started_at=NOW)

    assert [str(fault) for fault in refused.value.faults] == [
        "There is no number to show to people who are called."
    ]


@pytest.mark.parametrize(("language", "words"), [("nl", "Dag Alex,"), ("en", "Hello Alex,")])
def test_preview_shows_each_language_with_masked_links(
    language: str, words: str, entity: LegalEntity, client: Client
) -> None:
    draft = campaign(entity)

    shown = client.get(f"{page('preview', draft)}?language={language}").context["rendered"]
    html = client.get(f"{page('preview_html', draft)}?language={language}").content.decode()

    assert words in shown.text
    assert words in html
    assert "/unsubscribe/••••••••/" in shown.text


def test_results_count_what_was_sent_and_who_stopped_afterwards(entity: LegalEntity, client: Client) -> None:
    alice, _bob = reader(entity, "Alice"), reader(entity, "Bob")
    begun = started(entity)
    work_off()
    CampaignRecipient.objects.update(state="SENT")
    withdraw(alice, entity, NOW.replace(hour=13))

    table = client.get(page("results", begun)).context["table"]

    assert {str(row.label): row.number for row in table.rows} == {
        "Sent": 2,
        "Waiting": 0,
        "Bounced": 0,
        "Not allowed when their turn came": 0,
        "Withdrew afterwards": 1,
        "Objected afterwards": 0,
    }


@pytest.mark.parametrize("people", [1, 3])
def test_results_take_as_few_queries_for_many_as_for_one(people: int, entity: LegalEntity) -> None:
    for number in range(people):
        reader(entity, f"Lezer{number}")
    begun = started(entity)
    work_off()
    client = signed_in(marketer(entity))

    with CaptureQueriesContext(connection) as queries:
        client.get(page("results", begun))

    assert len(queries) == 10


def test_campaign_that_paused_by_itself_says_why_and_goes_on_once_that_is_mended(
    entity: LegalEntity, client: Client
) -> None:
    begun, purpose = started(entity), purpose_of(entity)
    purpose.legal_entities.clear()
    work_off()
    why = "the legal entity no longer has its purpose"

    pages = (reverse("admin:scoring_campaign_changelist"), page("change", begun), page("results", begun))
    shown = [why in client.get(address).content.decode() for address in pages]
    refused = client.post(page("resume", begun), follow=True).content.decode()
    begun.refresh_from_db()
    still = begun.state
    purpose.legal_entities.add(entity)
    client.post(page("resume", begun))

    begun.refresh_from_db()
    assert (shown, still) == ([True, True, True], "PAUSED")
    assert "This legal entity does not use this purpose or product group." in refused
    assert (begun.state, begun.halted_because) == ("RUNNING", "")


@pytest.mark.parametrize(
    ("query", "words"),
    [("", "A campaign is one message"), ("?q=lampen", "Nothing matches what you search or filter on.")],
)
def test_empty_list_says_what_it_is_for_and_a_search_that_nothing_matches(
    query: str, words: str, entity: LegalEntity, client: Client
) -> None:
    answer = client.get(reverse("admin:scoring_campaign_changelist") + query)

    assert words in answer.content.decode()
