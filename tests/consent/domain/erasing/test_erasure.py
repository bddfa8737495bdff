from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Model

from consent.domain import holdings, link_requests, outbox
from consent.domain.engine import answering
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.erasing import erasure
from consent.domain.erasing.erasure import Exemption
from consent.domain.ledger import evidence
from consent.domain.ledger.reconciling import find_differences
from consent.models import (
    Act,
    ConsentEvent,
    Evidence,
    EvidenceFile,
    EvidencePart,
    KeptData,
    LinkRequest,
    OutboxMessage,
    SubjectKey,
    Suppression,
)
from customers.domain.holdings import Fate
from customers.models import Contact, ContactPoint, CustomerRelation, Organisation, StaffAct, Transaction
from tests import make
from tests.consent.domain.erasing.dump import tables_with
from tests.consent.domain.erasing.scene import BEFORE, ERASED, NEIGHBOUR, WAY, WORDS, Scene, scene

pytestmark = pytest.mark.django_db


def erase(found: Scene, **more: Any) -> ConsentEvent:
    return erasure.erase(contact=found.canary, how=WAY, erased_at=ERASED, **more)


def rows_of(contact: Contact) -> dict[type[Model], list[dict[str, Any]]]:
    """Everything about a contact by the tables that the apps name."""
    return {
        holding.model: list(holding.rows_of(contact.pk).order_by("pk").values())
        for holding in holdings.every_holding()
    }


def code_for(address: str, *, channel: str) -> str:
    question = put_question(
        legal_entity="harthulp", purpose="fundraising", channel=channel, now=ERASED + timedelta(days=1)
    )
    [answer] = answering.ask_without_evidence(question=question, asked=[Asked(text=address)])
    return str(answer.decision.code)


def test_before_erasure_the_person_stands_in_many_tables() -> None:
    scene()

    assert tables_with(["Kanariepiet"]).keys() == {
        "public.consent_evidenceexport",
        "public.consent_evidencefile",
        "public.consent_restriction",
        "public.customers_contact",
        "public.django_session",
        "public.scoring_colleaguetask",
        "public.scoring_journeymove",
    }
    assert {word for words in tables_with(WORDS).values() for word in words} == {*WORDS} - {"203.0.113"}


def test_after_erasure_the_person_stands_in_no_table() -> None:
    found = scene()

    erase(found)

    assert tables_with(WORDS) == {}
    tombstone = Contact.objects.get(pk=found.canary.pk)
    assert (tombstone.erased_at, str(tombstone.birth_date)) == (ERASED, "None")


def test_each_table_that_names_people_is_emptied_of_this_one() -> None:
    found = scene()
    before = rows_of(found.canary)

    erase(found)

    after = rows_of(found.canary)
    gone = {
        holding.model
        for holding in holdings.every_holding()
        if holding.fate is Fate.DELETED and holding.found_by
    }
    assert {model for model in gone if not before[model]} == set()
    assert {model for model in gone if after[model]} == set()
    assert StaffAct.objects.filter(contact_id=found.canary.pk).count() == 2
    assert LinkRequest.objects.count() == 1


def test_file_with_the_evidence_of_this_one_opens_no_more() -> None:
    found = scene()

    erase(found)

    own = EvidenceFile.objects.get(export__contact_id=found.canary.pk)
    other = EvidenceFile.objects.get(export__contact_id=found.neighbour.pk)
    assert (own.reason, own.wrapped_key) == ("", None)
    assert (other.reason, bytes(other.wrapped_key or b"")) == ("Bob vroeg erom", b"0")
    assert EvidencePart.objects.get().file == other


def test_file_of_several_people_goes_with_any_of_them() -> None:
    found = scene()
    several = EvidenceFile.objects.get(export__contact_id=found.neighbour.pk)
    several.wanted["selection"] = {"contact_ids": f"{found.neighbour.pk} {found.canary.pk}"}
    several.save()

    erase(found)

    several.refresh_from_db()
    assert (several.reason, several.wrapped_key) == ("", None)
    assert not EvidencePart.objects.exists()


def test_nobody_else_is_touched() -> None:
    found = scene()
    before = rows_of(found.neighbour)

    erase(found)

    assert rows_of(found.neighbour) == before
    assert set(NEIGHBOUR) <= {word for words in tables_with(NEIGHBOUR).values() for word in words}
    waiting = LinkRequest.objects.get()
    assert [one.value for one in link_requests.read_asked(request=waiting)] == ["bob@example.org"]


def test_ledger_keeps_every_event_and_tells_of_the_erasure() -> None:
    found = scene()
    before = list(ConsentEvent.objects.order_by("sequence").values())

    event = erase(found)

    after = list(ConsentEvent.objects.order_by("sequence").values())
    assert after[: len(before)] == before
    assert [row["act"] for row in after[len(before) :]] == [
        *4 * [Act.SUPPRESSED],
        Act.RELATION_ENDED,
        Act.ERASED,
    ]
    assert (event.act, event.subject_id, event.occurred_at) == (Act.ERASED, found.canary.pk, ERASED)
    assert {row["evidence_digest"] for row in after[len(before) :]} == {""}
    assert list(find_differences()) == []


def test_proof_cannot_be_read_any_more() -> None:
    found = scene()
    given = ConsentEvent.objects.filter(subject_id=found.canary.pk, act=Act.GIVEN).latest("sequence")
    message = OutboxMessage.objects.filter(contact=found.canary).latest("created_at")

    erase(found)

    with pytest.raises(evidence.EvidenceGoneError):
        evidence.open_evidence(event=given)
    with pytest.raises(evidence.EvidenceGoneError):
        outbox.read_content(message=message)
    assert not SubjectKey.objects.filter(subject_id=found.canary.pk).exists()


def test_answer_for_each_address_is_blocked() -> None:
    found = scene()

    erase(found)

    assert code_for("+31200000100", channel="CALL") == "D_SUPPRESSED"
    assert code_for("kanarie@example.org", channel="EMAIL") == "D_SUPPRESSED"
    assert code_for("+31200000101", channel="CALL") != "D_SUPPRESSED"


def test_answer_stays_blocked_when_the_keys_are_renewed(settings: Any) -> None:
    found = scene()
    erase(found)

    settings.SUPPRESSION_KEYS = {**settings.SUPPRESSION_KEYS, 9: b"n" * 32}

    assert code_for("+31200000100", channel="CALL") == "D_SUPPRESSED"


def test_number_of_somebody_else_is_not_blocked() -> None:
    found = scene()
    ContactPoint.objects.filter(value="+31200000100").update(invalid_at=BEFORE, invalid_reason="WRONG_NUMBER")

    erase(found)

    assert code_for("+31200000100", channel="CALL") == "D_NO_BASIS"


def test_relations_end_as_erased() -> None:
    found = scene()

    erase(found)

    relation = CustomerRelation.objects.get(contact=found.canary)
    assert (relation.ended_at, relation.reason_ended) == (ERASED, CustomerRelation.Ending.ERASED)


def test_person_is_erased_once() -> None:
    found = scene()
    erase(found)

    with pytest.raises(erasure.AlreadyErasedError):
        erase(found)


BOOKS = Exemption(
    what=KeptData.What.TRANSACTIONS,
    ground=KeptData.Ground.LEGAL_DUTY,
    reason="Zeven jaar boekhouding.",
    keep_until_date=date(2033, 12, 31),
)
CLAIM = Exemption(
    what=KeptData.What.EVIDENCE,
    ground=KeptData.Ground.LEGAL_CLAIM,
    reason="Geding over een toestemming.",
    keep_until_date=date(2027, 12, 31),
)


def test_what_the_law_has_us_keep_stays_for_its_term() -> None:
    found = scene()
    given = ConsentEvent.objects.filter(subject_id=found.canary.pk, act=Act.GIVEN).latest("sequence")

    erase(found, exemptions=[BOOKS, CLAIM], decided_by_id=found.desk.agent.pk)

    assert Transaction.objects.get(contact=found.canary).reference == "Bestelling-4711"
    assert evidence.open_evidence(event=given)["address"] == "+31200000100"
    kept = KeptData.objects.order_by("keep_until_date")
    assert [(row.what, row.ground, row.gone_at) for row in kept] == [
        ("EVIDENCE", "LEGAL_CLAIM", None),
        ("TRANSACTIONS", "LEGAL_DUTY", None),
    ]
    assert tables_with(["Kanariepiet", "kanarie@example.org", "200000100"]) == {}


def test_what_was_kept_goes_when_its_term_ends() -> None:
    found = scene()
    erase(found, exemptions=[BOOKS, CLAIM])

    for kept in KeptData.objects.order_by("pk"):
        erasure.end_keeping(kept=kept, ended_at=ERASED + timedelta(days=4000))

    assert not Transaction.objects.filter(contact=found.canary).exists()
    assert not Evidence.objects.filter(subject_id=found.canary.pk).exists()
    assert not SubjectKey.objects.filter(subject_id=found.canary.pk).exists()
    assert KeptData.objects.filter(gone_at__isnull=True).count() == 0


@pytest.mark.parametrize(
    "exemption",
    [replace(BOOKS, reason=" "), replace(BOOKS, keep_until_date=ERASED.date())],
    ids=["without a reason", "without a term"],
)
def test_nothing_stays_without_reason_and_term(exemption: Exemption) -> None:
    found = scene()

    with pytest.raises(erasure.KeepingNotAllowedError):
        erase(found, exemptions=[exemption])

    assert Contact.objects.get(pk=found.canary.pk).erased_at is None


def test_address_is_blocked_for_its_organisation_alone() -> None:
    found = scene()
    elsewhere = make.organisation(code="ander", name="Ander")

    erase(found)

    assert list(
        Suppression.objects.filter(reason="ERASURE").values_list("organisation", flat=True).distinct()
    ) == [found.canary.organisation_id]
    assert Organisation.objects.get(pk=elsewhere.pk).suppressions.count() == 0


def test_act_that_waited_for_the_erasure_brings_no_proof_back() -> None:
    found = scene()
    erase(found)

    late = make.permission_event(
        contact_point=ContactPoint(
            contact=found.canary, organisation_id=found.canary.organisation_id, value="kanarie@example.org"
        ),
        notice_version=found.desk.notice,
        act=Act.WITHDRAWN,
        occurred_at=ERASED,
    )

    assert (late.act, late.evidence_digest) == (Act.WITHDRAWN, "")
    assert not SubjectKey.objects.filter(subject_id=found.canary.pk).exists()
    assert list(find_differences()) == []
