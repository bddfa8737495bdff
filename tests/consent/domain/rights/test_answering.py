from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from consent.domain import outbox
from consent.domain.corrections import Correction
from consent.domain.rights import answering, receiving, steps
from consent.domain.rights.answering import Fulfilment
from consent.models import Act, ConsentEvent, Objection, OutboxMessage, Restriction, RightsRequest, SubjectKey
from customers.domain.addresses import read_email
from customers.models import Contact
from tests import make
from tests.browser.fixtures import PostOffice
from tests.consent.domain.erasing.dump import tables_with
from tests.consent.domain.rights.asking import BY_OFFICER, Kind, receive
from tests.preference_scenes import house

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = make.NOW + DAY
Ground = RightsRequest.Ground


def last_mail() -> dict[str, Any]:
    return outbox.read_content(message=OutboxMessage.objects.order_by("created_at", "pk").last())  # type: ignore[arg-type]


def fulfil(request: RightsRequest, **more: Any) -> RightsRequest:
    return answering.fulfil(request=request, done=Fulfilment(how=BY_OFFICER, **more), fulfilled_at=LATER)


def extend(request: RightsRequest, **more: Any) -> RightsRequest:
    said = {"reason": "Er zijn veel brieven.", "staff_id": None, "extended_at": LATER}
    return answering.extend(request=request, **(said | more))


def test_extension_takes_two_months_more_and_tells_why() -> None:
    request = extend(receive(house=house()))

    kept = RightsRequest.objects.get()
    assert (kept.extended_at, kept.due_at.date().isoformat()) == (LATER, "2027-02-21")
    assert steps.list_steps(request=request)[-1].note == "Er zijn veel brieven."
    assert last_mail()["paragraphs"][1] == "The reason: Er zijn veel brieven."
    assert "Autoriteit Persoonsgegevens" in last_mail()["paragraphs"][2]


def test_term_is_extended_once_in_time_and_never_that_of_proof() -> None:
    home = house()
    late, twice = receive(house=home), receive(house=home, kind=Kind.ACCESS)
    proof = receive(house=home, kind=Kind.PROOF)
    extend(twice)

    for request, at in ((late, late.first_due_at), (twice, LATER), (proof, LATER)):
        with pytest.raises(answering.NotExtendableError):
            extend(request, extended_at=at)


def test_extension_needs_a_reason() -> None:
    with pytest.raises(answering.ReasonMissingError):
        extend(receive(house=house()), reason="  ")


def test_refusal_names_its_ground_and_tells_where_to_complain() -> None:
    home = house()
    request = receive(house=home)

    answering.refuse(
        request=request, ground=Ground.EXCESSIVE, reason="De vijfde keer.", staff_id=None, refused_at=LATER
    )

    kept = RightsRequest.objects.get()
    assert (kept.state, kept.ground, kept.closed_at) == ("REFUSED", "EXCESSIVE", LATER)
    assert Contact.objects.get(pk=home.alice.pk).erased_at is None
    told = " ".join(last_mail()["paragraphs"])
    assert "De vijfde keer." in told
    assert "fg@lampenwinkel.example.org" in told


def test_refusal_needs_a_reason() -> None:
    with pytest.raises(answering.ReasonMissingError):
        answering.refuse(
            request=receive(house=house()),
            ground=Ground.UNFOUNDED,
            reason="",
            staff_id=None,
            refused_at=LATER,
        )


def test_nothing_is_done_before_it_is_known_who_asks() -> None:
    home = house()
    request = receive(house=home, identity=None)

    with pytest.raises(answering.IdentityNotCheckedError):
        fulfil(request)

    assert Contact.objects.get(pk=home.alice.pk).erased_at is None


def test_answered_request_stays_answered() -> None:
    request = receive(house=house(), kind=Kind.MARKETING, identity=None)
    fulfil(request)

    with pytest.raises(receiving.AlreadyAnsweredError):
        fulfil(request)
    with pytest.raises(receiving.AlreadyAnsweredError):
        extend(request)


def test_objection_to_marketing_counts_without_proof_of_who_says_it() -> None:
    home = house()

    fulfil(receive(house=home, kind=Kind.MARKETING, identity=None))

    objection = Objection.objects.get(contact=home.alice)
    assert (objection.channel, objection.legal_entity, objection.standing) == ("", None, True)


def test_objection_to_profiling_reaches_processing_alone() -> None:
    home = house()

    fulfil(receive(house=home, kind=Kind.PROFILING, identity=None))

    assert Objection.objects.get(contact=home.alice).channel == "NONE"


def test_restriction_is_done_by_the_restriction_itself() -> None:
    home = house()

    fulfil(receive(house=home, kind=Kind.RESTRICTION), remark="Juistheid betwist.")

    restriction = Restriction.objects.get(contact=home.alice)
    assert (restriction.reason, restriction.restricted_at) == ("Juistheid betwist.", LATER)


def test_correction_changes_name_and_address_and_ends_what_was_permitted_there() -> None:
    home = house()
    make.permission_event(contact_point=home.email, notice_version=home.by_email)
    correction = Correction(
        given_name="Aleida", family_name="Jansen", addresses=[read_email(text="aleida@example.org")]
    )

    fulfil(receive(house=home, kind=Kind.RECTIFICATION), correction=correction)

    alice = Contact.objects.get(pk=home.alice.pk)
    assert alice.given_name == "Aleida"
    assert list(alice.points.filter(kind="EMAIL", invalid_at=None).values_list("value", "verified_at")) == [
        ("aleida@example.org", None)
    ]
    assert ConsentEvent.objects.filter(subject_id=alice.pk, act=Act.INVALIDATED).count() == 1


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.PORTABILITY, Kind.PROOF])
def test_copy_comes_behind_a_link_to_an_address_of_the_person(kind: RightsRequest.Kind) -> None:
    home = house()

    fulfil(receive(house=home, kind=kind))

    kinds = OutboxMessage.objects.filter(contact=home.alice).order_by("created_at", "pk")
    assert [(message.kind, message.point) for message in kinds] == [
        ("RIGHTS", home.email),
        ("PREFERENCE_LINK", home.email),
        ("RIGHTS", home.email),
    ]


def test_somebody_unknown_is_told_that_we_hold_nothing() -> None:
    request = receive(house=house(), contact=None, kind=Kind.ERASURE)

    fulfil(request, remark="Per brief geantwoord.")

    assert RightsRequest.objects.get().state == "DONE"
    assert steps.list_steps(request=request)[-1].note == "Per brief geantwoord."


def test_erasure_leaves_a_tombstone_and_one_last_mail(
    post_office: PostOffice, clock: time_machine.Traveller
) -> None:
    home = house()
    request = receive(house=home)
    post_office.collect()
    clock.move_to(LATER)

    fulfil(request)

    assert Contact.objects.get(pk=home.alice.pk).erased_at == LATER
    assert tables_with(["alice@example.org", "Jansen", "200000101"]) == {}
    mail = post_office.collect_one()
    assert (mail["To"], mail["List-Unsubscribe"]) == ("alice@example.org", None)
    assert "Your data is erased" in str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_last_mail_cannot_be_read_once_it_left(
    post_office: PostOffice, clock: time_machine.Traveller
) -> None:
    clock.move_to(LATER)
    fulfil(receive(house=house()))

    post_office.collect()

    farewell = OutboxMessage.objects.get()
    assert (farewell.kind, farewell.state, farewell.contact, farewell.contact_point) == (
        "FAREWELL",
        "SENT",
        None,
        None,
    )
    assert not SubjectKey.objects.exists()
    assert steps.read_words(request=RightsRequest.objects.get()) is None


def test_remark_about_an_erased_person_is_not_kept() -> None:
    request = receive(house=house())

    fulfil(request, remark="Alice Jansen belde erover.")

    assert steps.list_steps(request=request)[-1].note == ""


def test_how_of_the_officer_stands_in_the_ledger() -> None:
    home = house()
    officer = make.staff_member(organisation=home.organisation)
    request = receive(house=home)

    answering.fulfil(
        request=request,
        done=Fulfilment(how=replace(BY_OFFICER, staff_id=officer.pk)),
        fulfilled_at=LATER,
    )

    event = ConsentEvent.objects.get(act=Act.ERASED)
    assert (event.staff_id, event.source) == (officer.pk, "PAPER")
