from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from consent.admin.event_page import GROUPS
from consent.domain.ledger.leaf import LEAF_FIELDS
from consent.models import (
    AddressVerification,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Evidence,
    Heartbeat,
    Objection,
    OutboxMessage,
    Restriction,
    ShownForm,
    SubjectKey,
    Suppression,
)
from customers.models import StaffMember
from tests import make
from tests.consent.admin_rows import everything, name_of, organisation_in, page_of, signed_in, superuser

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
LEDGER = [
    AddressVerification,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Evidence,
    Heartbeat,
    Objection,
    OutboxMessage,
    Restriction,
    ShownForm,
    SubjectKey,
    Suppression,
]


@pytest.mark.parametrize("model", LEDGER, ids=name_of)
def test_nobody_adds_changes_or_deletes_the_ledger(model: type) -> None:
    request = RequestFactory().get("/admin/")
    request.user = superuser()
    page: Any = admin.site.get_model_admin(model)

    assert page.get_model_perms(request) == {"add": False, "change": False, "delete": False, "view": True}
    assert page.get_actions(request) == {}


def test_event_page_takes_no_change_from_a_superuser() -> None:
    event = everything(code="eigen")[ConsentEvent]
    client = signed_in(superuser())

    answers = [
        client.post(page_of(event, "change"), {"act": "WITHDRAWN"}).status_code,
        client.post(page_of(event, "delete"), {"post": "yes"}).status_code,
        client.post(reverse("admin:consent_consentevent_add"), {}).status_code,
    ]

    assert answers == [200, 403, 403]
    assert ConsentEvent.objects.get(pk=event.pk).act == "GIVEN"


def test_event_page_names_every_field_that_is_sealed() -> None:
    shown = [name for _title, names in GROUPS for name in names]

    assert sorted(shown) == sorted(LEAF_FIELDS)


def test_officer_reads_the_evidence_beside_the_wording_shown() -> None:
    rows = everything(code="eigen")
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)

    page = signed_in(officer).get(page_of(rows[ConsentEvent], "change"))

    facts = [(fact.label, fact.value) for fact in page.context["proof"].facts]
    assert facts == [("page", "/forms/aanbiedingen/"), ("typed · address", "alice@eigen.example.org")]
    assert page.context["wording"].text == "eigen B.V. mag mij aanbiedingen sturen."
    assert page.context["wording"].check.colour == "allowed"


def test_marketing_sees_the_event_without_its_evidence() -> None:
    rows = everything(code="eigen")
    marketing = make.staff_member(organisation=organisation_in(rows), username="mark", role=Role.MARKETING)

    page = signed_in(marketing).get(page_of(rows[ConsentEvent], "change"))

    assert page.context["proof"] is None
    assert "/forms/aanbiedingen/" not in page.content.decode()


def test_erased_evidence_is_said_in_a_sentence() -> None:
    rows = everything(code="eigen")
    SubjectKey.objects.all().delete()
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)

    page = signed_in(officer).get(page_of(rows[ConsentEvent], "change"))

    assert "The evidence was erased. The event and its digest stay." in page.content.decode()


def test_broken_evidence_is_said_in_a_sentence() -> None:
    rows = everything(code="eigen")
    event = rows[ConsentEvent]
    kept = Evidence.objects.get(pk=event.pk)
    kept.delete()
    Evidence.objects.create(
        event_id=event.pk,
        subject_id=kept.subject_id,
        nonce=kept.nonce,
        ciphertext=bytes(kept.ciphertext)[:-1] + b"?",
        recorded_at=kept.recorded_at,
    )
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)

    page = signed_in(officer).get(page_of(event, "change"))

    assert "The evidence is broken: it is not what the ledger holds the digest of." in page.content.decode()


def test_ledger_is_searched_by_name_and_address() -> None:
    rows = everything(code="eigen")
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)
    client = signed_in(officer)
    url = reverse("admin:consent_consentevent_changelist")

    by_name = client.get(url, {"q": "van eigen", "act__exact": "GIVEN"})
    by_address = client.get(url, {"q": "alice@eigen.example.org", "act__exact": "GIVEN"})
    by_nobody = client.get(url, {"q": "nobody@example.org"})
    found = [list(page.context["cl"].queryset) for page in (by_name, by_address, by_nobody)]

    assert found == [[rows[ConsentEvent]], [rows[ConsentEvent]], []]
