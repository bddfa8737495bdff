import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from consent.domain.erasing.erasure import erase
from consent.domain.rights import copies, own
from consent.models import EvidenceExport, OutboxMessage, RightsRequest, RightsStep
from tests import make
from tests.consent.domain.erasing.scene import CANARY, ERASED, WAY, scene
from tests.consent.domain.rights.asking import Kind, receive
from tests.preference_scenes import buy_lamp, house, visitor

pytestmark = pytest.mark.django_db


def opened(file: bytes) -> tuple[str, dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.namelist() == ["jawoord.html", "jawoord.json"]
        return archive.read("jawoord.html").decode(), json.loads(archive.read("jawoord.json"))


def copy_of(contact: Any, entity: Any) -> tuple[str, dict[str, Any]]:
    return opened(copies.write_copy(contact=contact, legal_entity=entity, language="nl", written_at=ERASED))


def test_copy_holds_a_row_of_every_table_about_the_person() -> None:
    found = scene()

    page, data = copy_of(found.canary, found.desk.entity)

    assert sorted(data["data"]) == [
        "addressverification",
        "behaviourevent",
        "calllistentry",
        "campaignrecipient",
        "colleaguetask",
        "consentevent",
        "consentrecord",
        "contact",
        "contactattempt",
        "contactattribute",
        "contactpoint",
        "customerrelation",
        "desklookup",
        "evidenceexport",
        "formerapplicant",
        "formerstanding",
        "jobapplication",
        "journeymember",
        "journeymove",
        "notification",
        "objection",
        "outboxmessage",
        "referral",
        "referredcandidate",
        "restriction",
        "score",
        "segmentmember",
        "showncontact",
        "staffact",
        "statementannouncement",
        "stayquestion",
        "suppression",
        "transaction",
    ]
    words = [CANARY.given_name, CANARY.family_name, CANARY.email, CANARY.street, CANARY.reference]
    for word in [*words, "203.0.113.0/24", "Dag Kanariepiet", "Kanariepiet betwist het"]:
        assert word in page, word
        assert word in json.dumps(data, ensure_ascii=False), word


def test_copy_holds_nothing_of_anybody_else() -> None:
    found = scene()

    page, data = copy_of(found.canary, found.desk.entity)

    for word in ("Buurman", "bob@example.org", "200000101", "Bosweg", "Bestelling-9"):
        assert word not in page
        assert word not in json.dumps(data)


def test_copy_of_an_erased_person_holds_bare_events_alone() -> None:
    found = scene()
    erase(contact=found.canary, how=WAY, erased_at=ERASED)

    _page, data = copy_of(found.canary, found.desk.entity)

    assert sorted(data["data"]) == [
        "consentevent",
        "contact",
        "customerrelation",
        "evidenceexport",
        "notification",
        "staffact",
    ]
    assert EvidenceExport.objects.get(contact_id=found.canary.pk).reason == ""
    assert {event["proof"] for event in data["data"]["consentevent"]} == {None}


def test_what_was_typed_cannot_write_on_the_page() -> None:
    home = house()
    home.alice.family_name = "<script>alert(1)</script>"
    home.alice.save(update_fields=["family_name"])

    page, _data = copy_of(home.alice, home.shop)

    assert "<script>" not in page


def test_copy_asked_behind_a_link_is_there_at_once_and_taking_it_is_noted() -> None:
    home = house()
    buy_lamp(house=home)

    request = own.ask(
        visitor=visitor(house=home), legal_entity=home.shop, kind=Kind.ACCESS, words="", asked_at=make.NOW
    )
    taken = own.find_copy(contact=home.alice, request_id=request.pk, taken_at=make.NOW)

    assert (taken, taken.state, taken.identity) == (request, "DONE", "LINK")
    assert [step.what for step in RightsStep.objects.order_by("pk")] == [
        "RECEIVED",
        "IDENTITY_CHECKED",
        "FULFILLED",
        "COPY_GIVEN",
    ]
    assert not OutboxMessage.objects.filter(kind="PREFERENCE_LINK").exists()


def test_copy_of_somebody_else_or_not_given_yet_is_not_found() -> None:
    home = house()
    bob = make.contact(organisation=home.organisation, given_name="Bob")
    waiting = receive(house=home, kind=Kind.ACCESS)
    done = own.ask(
        visitor=visitor(house=home), legal_entity=home.shop, kind=Kind.PROOF, words="", asked_at=make.NOW
    )

    for contact, request in ((bob, done), (home.alice, waiting)):
        with pytest.raises(own.NoSuchCopyError):
            own.find_copy(contact=contact, request_id=request.pk, taken_at=make.NOW)


@pytest.mark.parametrize("kind", RightsRequest.Kind)
def test_what_needs_nobody_is_done_at_once(kind: RightsRequest.Kind) -> None:
    home = house()

    request = own.ask(
        visitor=visitor(house=home), legal_entity=home.shop, kind=kind, words="", asked_at=make.NOW
    )

    waits = kind in {Kind.ERASURE, Kind.RESTRICTION, Kind.RECTIFICATION}
    assert request.state == ("OPEN" if waits else "DONE")
    assert request.due_at > make.NOW + timedelta(days=4)
