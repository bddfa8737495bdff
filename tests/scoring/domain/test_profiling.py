"""The gate lets in exactly whom the engine would: the law is written once, and looked at for many here."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.restrictions import restrict
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.decision import Decision
from consent.domain.suppressions import Block, suppress_address
from consent.models import (
    GRANTS,
    Act,
    Actor,
    Channel,
    Collector,
    HousePolicy,
    Method,
    Purpose,
    Source,
    Suppression,
)
from customers.domain.addresses import read_email
from customers.models import Contact, LegalEntity, uuid7
from scoring.domain.profiling import CONSENT, LEGITIMATE_INTEREST, gate_parameters, keep_profiled
from tests import make
from tests.scoring.domain.house import WAY, House, house

pytestmark = pytest.mark.django_db
STOPS = {
    Code.D_RESTRICTED,
    Code.D_SUPPRESSED,
    Code.D_OBJECTION,
    Code.D_WITHDRAWN,
    Code.D_REFUSED,
    Code.D_MINOR,
    Code.D_POLICY,
}
DAY = datetime.timedelta(days=1)
EMAIL = "alice@example.org"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act as drawn, at a whole number of days ago."""

    act: str
    days_ago: int
    proven: bool
    complete: bool
    elsewhere: bool
    wide: bool
    uses: int | None
    ends_in: int | None
    actor: Actor
    collector: Collector


steps = st.builds(
    Step,
    act=st.sampled_from(
        [
            *[one.value for one in GRANTS],
            *(Act.GIVEN, Act.GIVEN, Act.WITHDRAWN, Act.REFUSED, Act.REQUESTED, Act.USED, Act.EXPIRED),
            *(Act.INVALIDATED, Act.OBJECTED, Act.OBJECTION_RETRACTED, "RESTRICT", "BLOCK", "LAPSED"),
        ]
    ),
    days_ago=st.integers(0, 4),
    proven=st.booleans(),
    complete=st.sampled_from([True, True, True, False]),
    elsewhere=st.sampled_from([False, False, False, True]),
    wide=st.booleans(),
    uses=st.sampled_from([None, None, 1]),
    ends_in=st.sampled_from([None, None, -1, 0, 3]),
    actor=st.sampled_from([Actor.SUBJECT, Actor.SUBJECT, Actor.REPRESENTATIVE]),
    collector=st.sampled_from([Collector.OWN, Collector.OWN, Collector.NOT_NAMED]),
)
people = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["NL", "BE", "DE", ""]),
        # Around thirteen and sixteen, today and some days ago.
        "birth_date": st.none()
        | st.builds(
            lambda years, days: make.NOW.date().replace(year=2026 - years) + datetime.timedelta(days=days),
            st.sampled_from([13, 16, 40]),
            st.integers(-5, 1),
        ),
        "represented": st.sampled_from([False, False, True]),
    }
)


def person(found: House, *, country: str, birth_date: datetime.date | None, represented: bool) -> Contact:
    organisation = found.entity.organisation
    parent = make.contact(organisation=organisation) if represented else None
    alice = make.contact(
        organisation=organisation, country=country, birth_date=birth_date, representative=parent
    )
    make.email_point(contact=alice, text=EMAIL)
    return alice


def live(found: House, alice: Contact, step: Step) -> None:
    at = make.NOW - step.days_ago * DAY
    if step.act == "RESTRICT":
        if not alice.restrictions.exists():
            restrict(contact=alice, reason="betwist", how=WAY, restricted_at=at, recorded_at=make.NOW)
    elif step.act == "BLOCK":
        block = Block(organisation=alice.organisation, address=read_email(text=EMAIL))
        suppress_address(
            block=block,
            reason=Suppression.Reason.BLOCKED,
            how=WAY,
            suppressed_at=at,
            recorded_at=make.NOW,
            contact_id=alice.pk,
        )
    else:
        record(events=[event_of(found, alice, step, at)], recorded_at=make.NOW)


def event_of(found: House, alice: Contact, step: Step, at: datetime.datetime) -> NewEvent:
    event = NewEvent(
        organisation_id=alice.organisation_id,
        act=Act(step.act),
        subject_id=alice.pk,
        occurred_at=at,
        actor=step.actor,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        legal_entity_id=(found.sister if step.elsewhere else found.entity).pk,
        purpose_id=(found.measuring if step.elsewhere and step.wide else found.profiling).pk,
        channel=Channel.NONE,
        proven=step.proven,
        uses=step.uses,
        valid_until=None if step.ends_in is None else make.NOW + step.ends_in * DAY,
        collector=step.collector,
        shown=Wordings(language="nl", notice_version_id=uuid7(), notice_hash="0" * 64),
        proof={"typed": EMAIL},
        lacks=() if step.complete else ("form",),
    )
    if step.act in (Act.OBJECTED, Act.OBJECTION_RETRACTED) and step.wide:
        return replace(event, legal_entity_id=None, purpose_id=None, channel="")
    return event


def by_engine(found: House, alice: Contact) -> dict[str, bool]:
    decision = decision_on(found.profiling, found, alice)
    stops = STOPS & set(decision.reasons)
    # A permission that was given under age fails by the same code when its giver has come of age since.
    if Code.D_MINOR not in decision_on(found.measuring, found, alice).reasons:
        stops -= {Code.D_MINOR}
    return {CONSENT: decision.allowed, LEGITIMATE_INTEREST: not stops}


def decision_on(purpose: Purpose, found: House, alice: Contact) -> Decision:
    question = put_question(
        legal_entity=found.entity.code, purpose=purpose.code, channel=Channel.NONE, now=make.NOW
    )
    return ask_one(question=question, asked=Asked(text=EMAIL, contact_id=alice.pk)).decision


def by_gate(found: House, alice: Contact) -> dict[str, bool]:
    return {
        rests_on: alice.pk in let_in(found.entity, rests_on) for rests_on in (CONSENT, LEGITIMATE_INTEREST)
    }


def let_in(entity: LegalEntity, rests_on: str) -> set[Any]:
    everybody = list(Contact.objects.values_list("pk", flat=True))
    gate = gate_parameters(legal_entity=entity, rests_on=rests_on, now=make.NOW)
    return keep_profiled(contact_ids=everybody, gate=gate)


class UndoneError(Exception):
    """Each history is undone, so that they do not meet."""


def undone(play: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            play()
            raise UndoneError
    except UndoneError:
        return


def test_gate_lets_in_whom_the_engine_would_whatever_happened() -> None:
    found = house()

    @settings(max_examples=150, deadline=None)
    @given(
        who=people,
        history=st.lists(steps, max_size=6),
        policy=st.sampled_from([None, None, "WITHOUT_CONSENT", "EVERYTHING"]),
    )
    def check(who: dict[str, Any], history: Sequence[Step], policy: str | None) -> None:
        def play() -> None:
            if policy:
                agent = make.staff_member(organisation=found.entity.organisation, username="fg")
                make.house_policy(
                    legal_entity=found.entity, decided_by=agent, forbids=HousePolicy.Forbids(policy)
                )
            alice = person(found, **who)
            for step in history:
                live(found, alice, step)
            assert by_gate(found, alice) == by_engine(found, alice), (who, history, policy)

        undone(play)

    check()


def test_gate_lets_in_who_permitted_and_until_they_object_who_did_not() -> None:
    found = house()
    alice = person(found, country="NL", birth_date=None, represented=False)

    assert by_gate(found, alice) == {CONSENT: False, LEGITIMATE_INTEREST: True}

    live(found, alice, replace(GIVEN, days_ago=2))
    assert by_gate(found, alice) == {CONSENT: True, LEGITIMATE_INTEREST: True}

    live(found, alice, replace(GIVEN, act=Act.OBJECTED, days_ago=1))
    assert by_gate(found, alice) == {CONSENT: False, LEGITIMATE_INTEREST: False}


GIVEN = Step(
    act=Act.GIVEN,
    days_ago=0,
    proven=True,
    complete=True,
    elsewhere=False,
    wide=False,
    uses=None,
    ends_in=None,
    actor=Actor.SUBJECT,
    collector=Collector.OWN,
)


def test_gate_of_a_legal_entity_without_the_purpose_lets_nobody_in() -> None:
    organisation = make.organisation()
    entity = make.legal_entity(organisation=organisation)
    make.contact(organisation=organisation)

    assert let_in(entity, LEGITIMATE_INTEREST) == set()


def test_gate_never_lets_in_who_was_erased_or_belongs_to_another_organisation() -> None:
    found = house()
    erased = make.contact(organisation=found.entity.organisation, given_name="", family_name="")
    Contact.objects.filter(pk=erased.pk).update(erased_at=make.NOW)
    stranger = make.contact(organisation=make.organisation(code="ander", name="Ander"))

    assert let_in(found.entity, LEGITIMATE_INTEREST) & {erased.pk, stranger.pk} == set()


@pytest.mark.parametrize("number", [1, 3])
def test_gate_is_one_question_however_many_people(number: int) -> None:
    found = house()
    asked = [make.contact(organisation=found.entity.organisation).pk for _ in range(number)]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        gate = gate_parameters(legal_entity=found.entity, rests_on=CONSENT, now=make.NOW)
        keep_profiled(contact_ids=asked, gate=gate)

    # The question itself goes past Django's cursor, prepared.
    assert len(queries) == 1
