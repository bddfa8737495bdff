from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from consent.domain.seal.sealing import seal_chunk
from consent.models import (
    AudienceFile,
    CallingPolicy,
    Checkpoint,
    CollectionPoint,
    ConsentEvent,
    ConsentRecord,
    DeliveryAttempt,
    Disclosure,
    DoNotCallSnapshot,
    Endpoint,
    EvidenceExport,
    EvidenceFile,
    ImpactAssessment,
    Incident,
    NoticeVersion,
    Notification,
    OutboxMessage,
    Processor,
    RightsRequest,
    SecurityMeasures,
)
from customers.models import CallerNumber, Contact, Department, LegalEntity, StaffAct, StaffMember
from scoring.models import (
    AttributeName,
    BehaviourEvent,
    Campaign,
    CampaignRecipient,
    ColleagueTask,
    ContactAttribute,
    FrequencyCap,
    JobApplication,
    Journey,
    JourneyMember,
    JourneyMove,
    Referral,
    ReferredCandidate,
    Score,
    ScoreModel,
    ScoreModelVersion,
    ScoreRule,
    Segment,
    SegmentMember,
    StayQuestion,
    TalentPool,
)
from tests import make
from tests.browser.axe import faults_on
from tests.consent.admin_rows import Rows, everything, list_of, organisation_in, page_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "een lang wachtwoord voor proeven"
WIDTHS = (1280, 360)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def rows() -> Rows:
    return everything(code="eigen")


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    settings.MAILBOX_DIR = tmp_path
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "alice@example.org", "Bevestig uw keuze"
    mail.set_content("Bevestig: https://jawoord.example.org/confirm/abc/")
    mail.add_alternative(
        "<html lang=nl><head><title>x</title></head><body>Bevestig</body></html>", subtype="html"
    )
    (tmp_path / "100-aa.eml").write_bytes(bytes(mail))
    return tmp_path


@pytest.fixture
def officer(rows: Rows, mailbox: Path, chromium: Browser, live_server: Any) -> Iterator[Page]:
    make.staff_member(
        organisation=organisation_in(rows), username="fg", role=StaffMember.Role.DPO, password=PASSWORD
    )
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("fg")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    give_password_again(page)
    yield page
    context.close()


def give_password_again(page: Page) -> None:
    """The page that asks for it is looked at as well."""
    page.goto("/admin/consent/retentionterm/add/")
    assert faults_on(page) == []
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()


def asking_pages(rows: Rows) -> list[str]:
    question = "legal_entity=eigen-bv&purpose=offers&channel=EMAIL&product_group=lampen"
    return [
        "/admin/may-we/",
        f"/admin/may-we/?{question}&contact={rows[Contact].pk}",
        f"/admin/may-we/?{question}&contact=x&at_date=x",
        "/admin/audience/",
        f"/admin/audience/?{question}",
        f"/admin/what-if/?{question}&then_date=2030-01-01",
        list_of(AudienceFile),
        page_of(rows[AudienceFile], "change"),
    ]


def processing_pages(rows: Rows) -> list[str]:
    make.legal_entity(organisation=organisation_in(rows), code="zuster", name="Zuster B.V.")
    return [
        "/admin/records-of-processing/",
        "/admin/records-of-processing/eigen-bv/",
        page_of(rows[ImpactAssessment], "change"),
        page_of(rows[SecurityMeasures], "change"),
        reverse("admin:consent_impactassessment_add"),
    ]


def breach_pages(rows: Rows) -> list[str]:
    incident = page_of(rows[Incident], "change")
    key = incident.split("/")[-3]
    period = "since_0=2026-11-01&since_1=00:00&until_0=2026-12-01&until_1=00:00&sources=AUDIENCE"
    return [
        list_of(Incident),
        incident,
        *(
            incident.replace("/change/", f"/{page}/")
            for page in ("people", "letter", "letter/tell", "letter/post")
        ),
        reverse("admin:consent_incident_add"),
        f"/admin/who-was-in-what/?incident={key}",
        f"/admin/who-was-in-what/?incident={key}&legal_entity={rows[LegalEntity].pk}&{period}",
        list_of(Disclosure),
    ]


def score_pages(rows: Rows) -> list[str]:
    version = page_of(rows[ScoreModelVersion], "change")
    return [
        *(list_of(model) for model in (ScoreModel, ScoreModelVersion, Score, Segment, SegmentMember)),
        page_of(rows[ScoreModel], "change"),
        reverse("admin:scoring_scoremodel_add"),
        version,
        version.replace("/change/", "/try/"),
        page_of(rows[ScoreRule], "change"),
        reverse("admin:scoring_scorerule_add"),
        page_of(rows[Score], "change"),
        page_of(rows[Segment], "change"),
    ]


def rights_pages(rows: Rows) -> list[str]:
    request = page_of(rows[RightsRequest], "change")
    steps = ("erase", "extend", "refuse")
    return [
        list_of(RightsRequest),
        request,
        *(request.replace("/change/", f"/do/{step}/") for step in steps),
        reverse("admin:consent_rightsrequest_enter"),
        "/admin/what-goes-next/",
        page_of(rows[Contact], "change").replace("/change/", "/do/rights/"),
    ]


def campaign_pages(rows: Rows) -> list[str]:
    campaign = page_of(rows[Campaign], "change")
    pages = ("preview", "dry-run", "results", "end")
    return [
        list_of(Campaign),
        reverse("admin:scoring_campaign_add"),
        campaign,
        *(campaign.replace("/change/", f"/{page}/") for page in pages),
        list_of(CampaignRecipient),
        page_of(rows[CampaignRecipient], "change"),
        list_of(FrequencyCap),
        *(list_of(model) for model in (Journey, JourneyMember, JourneyMove, ColleagueTask)),
        *(page_of(rows[model], "change") for model in (Journey, JourneyMember, JourneyMove, ColleagueTask)),
    ]


def pool_pages(rows: Rows) -> list[str]:
    pool = page_of(rows[TalentPool], "change")
    return [
        list_of(TalentPool),
        reverse("admin:scoring_talentpool_add"),
        pool,
        pool.replace("/change/", "/people/"),
        list_of(JobApplication),
        reverse("admin:scoring_jobapplication_add"),
        page_of(rows[JobApplication], "change"),
        *(list_of(model) for model in (StayQuestion, Referral, ReferredCandidate)),
    ]


def seal_pages(rows: Rows) -> list[str]:
    seal_chunk(now=make.NOW)
    checkpoint = Checkpoint.objects.get()
    return [
        page_of(rows[ConsentEvent], "change"),
        list_of(Checkpoint),
        page_of(checkpoint, "change"),
        page_of(rows[Contact], "change").replace("/change/", "/evidence/"),
        list_of(EvidenceExport),
        page_of(rows[EvidenceExport], "change"),
        reverse("admin:export_evidence"),
        page_of(rows[EvidenceFile], "change"),
    ]


def audit_pages(rows: Rows) -> list[str]:
    return [
        list_of(StaffAct),
        page_of(rows[StaffAct], "change"),
        page_of(rows[Contact], "history"),
        reverse("admin:customers_contact_looked", args=[rows[Contact].pk]),
        reverse("admin:acts_of_member", args=[rows[StaffMember].pk]),
        page_of(rows[StaffMember], "change"),
    ]


def outside_pages(rows: Rows) -> list[str]:
    endpoint, told = rows[Endpoint], rows[Notification]
    DeliveryAttempt.objects.create(
        notification_id=told.pk, attempted_at=make.NOW, milliseconds=4711, fault=DeliveryAttempt.Fault.TIME
    )
    Processor.objects.update(agreement_until_date=timezone.localdate())
    return [
        reverse("admin:index"),
        list_of(Processor),
        reverse("admin:consent_processor_add"),
        page_of(rows[Processor], "change"),
        list_of(Endpoint),
        reverse("admin:consent_endpoint_add"),
        page_of(endpoint, "change"),
        reverse("admin:consent_endpoint_secret", args=[endpoint.pk]),
        list_of(Notification),
        page_of(told, "change"),
    ]


def behaviour_pages(rows: Rows) -> list[str]:
    models = (AttributeName, BehaviourEvent, ContactAttribute)
    return [page for model in models for page in (list_of(model), page_of(rows[model], "change"))]


def test_pages_of_the_admin_have_no_faults_that_axe_finds(officer: Page, rows: Rows) -> None:
    story = page_of(rows[Contact], "change")
    pages = [
        reverse("admin:index"),
        list_of(Contact),
        list_of(ConsentRecord),
        story,
        story.replace("/change/", "/do/object/"),
        story.replace("/change/", "/do/permission/"),
        page_of(rows[OutboxMessage], "change"),
        page_of(rows[NoticeVersion], "change"),
        reverse("admin:consent_purpose_add"),
        list_of(CallingPolicy),
        page_of(rows[CallingPolicy], "change"),
        reverse("admin:consent_callingpolicy_add"),
        reverse("admin:consent_housepolicy_add"),
        page_of(rows[CollectionPoint], "publish"),
        list_of(DoNotCallSnapshot),
        page_of(rows[DoNotCallSnapshot], "change"),
        list_of(CallerNumber),
        page_of(rows[CallerNumber], "change"),
        list_of(Department),
        page_of(rows[Department], "change"),
        "/admin/mailbox/",
        "/admin/mailbox/100-aa/",
        *asking_pages(rows),
        *breach_pages(rows),
        *processing_pages(rows),
        *rights_pages(rows),
        *seal_pages(rows),
        *audit_pages(rows),
        *campaign_pages(rows),
        *pool_pages(rows),
        *outside_pages(rows),
        *score_pages(rows),
        *behaviour_pages(rows),
    ]

    faults, too_wide = {}, []
    for address in pages:
        officer.goto(address)
        for width in WIDTHS:
            officer.set_viewport_size({"width": width, "height": 900})
            faults[address, width] = faults_on(officer)
            too_wide += [(address, width)] * bool(officer.evaluate(TOO_WIDE))

    assert {page: found for page, found in faults.items() if found} == {}
    assert too_wide == []


def test_messages_held_after_a_restore_are_decided_on_soundly(officer: Page, rows: Rows) -> None:
    OutboxMessage.objects.update(state=OutboxMessage.State.HELD)
    faults = []

    def look() -> None:
        for width in WIDTHS:
            officer.set_viewport_size({"width": width, "height": 900})
            faults.append((faults_on(officer), officer.evaluate(TOO_WIDE)))

    officer.goto("/admin/held-messages/")
    look()
    officer.get_by_role("button", name="Decide").click()
    look()
    for box in officer.locator("input[name=kinds]").all():
        box.check()
    officer.get_by_label("Send them after all").check()
    officer.get_by_label("Why").fill("De mailserver heeft ze niet.")
    officer.get_by_role("button", name="Decide").click()
    look()

    assert faults == [([], False)] * 6
    assert not OutboxMessage.objects.filter(state=OutboxMessage.State.HELD).exists()


def test_pages_of_the_admin_fit_a_phone(officer: Page, rows: Rows) -> None:
    officer.set_viewport_size({"width": 360, "height": 800})
    story = page_of(rows[Contact], "change")
    pages = [reverse("admin:index"), list_of(Contact), story, "/admin/mailbox/", *asking_pages(rows)]
    pages += [*seal_pages(rows), *campaign_pages(rows)]

    wide = []
    for address in pages:
        officer.goto(address)
        wide.append(officer.evaluate(TOO_WIDE))

    assert wide == [False] * len(pages)


def test_damaged_do_not_call_list_is_looked_at_and_loaded(officer: Page, tmp_path: Path) -> None:
    damaged = tmp_path / "list.txt"
    damaged.write_text("+3222000112;2025-05-01\nabc\n")
    faults = []

    def look() -> None:
        for width in WIDTHS:
            officer.set_viewport_size({"width": width, "height": 900})
            faults.append((faults_on(officer), officer.evaluate(TOO_WIDE)))

    officer.goto(list_of(DoNotCallSnapshot))
    officer.get_by_role("link", name="Load a list").first.click()
    look()
    officer.get_by_label("File").set_input_files(damaged)
    officer.get_by_label("Date").fill("2026-11-01")
    officer.get_by_label("Time").fill("23:55")
    officer.get_by_role("button", name="Load the list").click()
    look()
    officer.get_by_label("The same file again").set_input_files(damaged)
    officer.get_by_label("I compared the file").check()
    officer.get_by_role("button", name="Load the list").click()
    officer.wait_for_url("**/change/")
    look()

    assert faults == [([], False)] * 6
    assert DoNotCallSnapshot.objects.latest("taken_at").faulty_rows == 1


def test_policy_of_the_pages_lets_their_own_scripts_and_styles_run(officer: Page, rows: Rows) -> None:
    complaints: list[str] = []
    officer.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)

    for address in (reverse("admin:index"), list_of(Contact), page_of(rows[OutboxMessage], "change")):
        officer.goto(address)
        officer.wait_for_load_state("networkidle")

    assert complaints == []


def test_masked_mail_is_seen_inside_the_page(officer: Page, rows: Rows) -> None:
    officer.goto(page_of(rows[OutboxMessage], "change"))

    frame = officer.frame_locator("iframe.mail")

    assert "eigen B.V. mag mij aanbiedingen sturen." in frame.locator("body").inner_text()


def test_language_of_the_pages_is_switched_in_place(officer: Page, rows: Rows) -> None:
    story = page_of(rows[Contact], "change")
    officer.goto(story)

    officer.get_by_role("button", name="Nederlands").click()
    officer.wait_for_load_state()

    assert officer.locator("html").get_attribute("lang") == "nl"
    assert officer.url.endswith(story)
