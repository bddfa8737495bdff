import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from consent.domain.withdrawals import Scope, object_to
from consent.models import Processor
from customers.models import Contact, LegalEntity
from scoring.domain.attributes.keeping import Supply, SupplyRefusedError, keep_attributes
from scoring.domain.scores.computing import score_everybody
from scoring.models import AttributeName, ContactAttribute, Score, ScoreModel
from tests import make
from tests.scoring import make_scores
from tests.scoring.domain.house import WAY, house
from tests.scoring.make import attribute_name

pytestmark = pytest.mark.django_db
Kind, Origin = AttributeName.Kind, ContactAttribute.Origin
KINDS = {
    "churn": Kind.PROBABILITY,
    "region": Kind.TEXT,
    "rooms": Kind.NUMBER,
    "moved": Kind.DATE,
    "garden": Kind.YES_NO,
}
DAY = timedelta(days=1)


@pytest.fixture
def entity() -> LegalEntity:
    entity = house().entity
    for name, kind in KINDS.items():
        attribute_name(legal_entity=entity, name=name, kind=kind)
    return entity


@pytest.fixture
def alice(entity: LegalEntity) -> Contact:
    contact = make.contact(organisation=entity.organisation, given_name="Alice")
    make.email_point(contact=contact)
    return contact


def supply(entity: LegalEntity, *, since: datetime = make.NOW, **more: Any) -> Supply:
    return Supply(
        **{"legal_entity": entity, "origin": Origin.IMPORTED, "since": since, "now": make.NOW, **more}
    )


def keep(entity: LegalEntity, *rows: object, **more: Any) -> tuple[int, int, dict[int, str]]:
    outcome = keep_attributes(rows=rows, supply=supply(entity, **more))
    return outcome.kept, outcome.known, {place: str(fault) for place, fault in outcome.faults.items()}


def known_of(contact: Contact) -> dict[str, tuple[str, Decimal | None]]:
    rows = ContactAttribute.objects.filter(contact=contact, replaced_at__isnull=True)
    return {row.name: (row.value, row.number) for row in rows}


def test_values_are_kept_as_their_kind_says(entity: LegalEntity, alice: Contact) -> None:
    row = {
        "contact": str(alice.pk),
        "churn": "0,83",
        "region": "Utrecht",
        "rooms": 4,
        "moved": "2026-02-28",
        "garden": "Ja",
    }

    assert keep(entity, row) == (1, 0, {})
    assert known_of(alice) == {
        "churn": ("0.83", Decimal("0.83")),
        "region": ("Utrecht", None),
        "rooms": ("4", Decimal(4)),
        "moved": ("2026-02-28", None),
        "garden": ("yes", None),
    }


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("0.8312345678901234", "0.831235"),
        ("8.3e-07", "0.000001"),
        ("0,125", "0.125"),
        ("0.0000001", "0"),
        ("-0.0000001", "0"),
    ],
)
def test_decimals_beyond_the_sixth_are_rounded(
    entity: LegalEntity, alice: Contact, told: str, text: str
) -> None:
    assert keep(entity, {"contact": str(alice.pk), "churn": told}) == (1, 0, {})
    assert known_of(alice) == {"churn": (text, Decimal(text))}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"churn": "1.01"}, "NO_PROBABILITY"),
        ({"churn": "-0.1"}, "NO_PROBABILITY"),
        ({"churn": "NaN"}, "NO_PROBABILITY"),
        ({"churn": "hoog"}, "NO_PROBABILITY"),
        ({"rooms": "1e99"}, "NO_NUMBER"),
        ({"rooms": "1,234"}, "NO_NUMBER"),
        ({"rooms": "-12,345,678"}, "NO_NUMBER"),
        ({"rooms": "NaN"}, "NO_NUMBER"),
        ({"moved": "28-02-2026"}, "NO_DATE"),
        ({"garden": "misschien"}, "NO_YES_OR_NO"),
        ({"region": "bel 020 000 0101"}, "NAMES_SOMEBODY"),
        ({"region": "x" * 201}, "TOO_LONG"),
        ({"region": "a\nb"}, "NO_TEXT"),
        ({"region": ["Utrecht"]}, "NO_TEXT"),
        ({"shoe-size": "43"}, "UNKNOWN_ATTRIBUTE"),
        ({}, "NOTHING_TOLD"),
        ({"churn": "0.5", "known_since": "2026-11-22"}, "FROM_THE_FUTURE"),
        ({"churn": "0.5", "known_since": "gisteren"}, "NO_MOMENT"),
        ({"churn": "0.5", "address": "alice@example.org"}, "NOBODY_NAMED"),
        ({"churn": "0.5", "contact": str(uuid.UUID(int=7))}, "UNKNOWN_PERSON"),
    ],
)
def test_row_with_something_else_is_refused_whole(
    entity: LegalEntity, alice: Contact, told: dict[str, object], fault: str
) -> None:
    good = {"contact": str(alice.pk), "rooms": "3"}

    kept = keep(
        entity, {"contact": str(alice.pk), "garden": "yes", **told} if told else {**good, "rooms": ""}, good
    )

    assert kept == (1, 0, {0: fault})
    assert known_of(alice) == {"rooms": ("3", Decimal(3))}


def test_same_again_changes_nothing_and_another_value_replaces_it(
    entity: LegalEntity, alice: Contact
) -> None:
    def churn(value: str, **more: Any) -> tuple[int, int, dict[int, str]]:
        return keep(entity, {"address": "alice@example.org", "churn": value}, **more)

    first = churn("0.2", since=make.NOW - 2 * DAY)
    again = churn("0.20", since=make.NOW - DAY)
    older = churn("0.9", since=make.NOW - 3 * DAY)
    newer = churn("0.9", since=make.NOW - DAY)

    assert (first, again, older, newer) == (
        (1, 0, {}),
        (0, 1, {}),
        (0, 0, {0: "NEWER_KNOWN"}),
        (1, 0, {}),
    )
    rows = ContactAttribute.objects.order_by("acquired_at").values_list("value", "acquired_at", "replaced_at")
    assert list(rows) == [
        ("0.2", make.NOW - 2 * DAY, make.NOW - DAY),
        ("0.9", make.NOW - DAY, None),
    ]


def test_last_row_about_somebody_counts_in_one_list_too(entity: LegalEntity, alice: Contact) -> None:
    days = ("2026-11-01", "2026-11-02", "2026-11-03")
    rows = [
        {"contact": str(alice.pk), "churn": f"0.{place}", "known_since": day}
        for place, day in enumerate(days, start=1)
    ]

    assert keep(entity, *rows) == (3, 0, {})
    assert known_of(alice) == {"churn": ("0.3", Decimal("0.3"))}
    assert ContactAttribute.objects.filter(replaced_at__isnull=False).count() == 2


def test_nothing_is_kept_of_who_objected(entity: LegalEntity, alice: Contact) -> None:
    object_to(contact=alice, scope=Scope(), how=WAY, occurred_at=make.NOW)

    assert keep(entity, {"contact": str(alice.pk), "churn": "0.5"}) == (0, 0, {0: "NOT_LOOKED_AT"})


@pytest.mark.parametrize("missing", ["seller", "processor", "told_at"])
def test_bought_data_is_refused_without_whence_it_came(
    entity: LegalEntity, alice: Contact, missing: str
) -> None:
    whence: dict[str, Any] = {
        "origin": Origin.BOUGHT,
        "seller": "Adressen B.V.",
        "processor": make.processor(legal_entities=[entity]),
        "told_at": make.NOW - DAY,
    }
    row = {"contact": str(alice.pk), "region": "Utrecht"}

    with pytest.raises(SupplyRefusedError, match=r"art\. 14"):
        keep(entity, row, **{**whence, missing: None if missing != "seller" else ""})
    whole = keep(entity, row, **whence)

    assert whole == (1, 0, {})
    [kept] = ContactAttribute.objects.all()
    assert (kept.seller, kept.processor, kept.told_at) == (
        "Adressen B.V.",
        Processor.objects.get(),
        make.NOW - DAY,
    )


def test_people_are_told_before_bought_data_is_taken_up(entity: LegalEntity, alice: Contact) -> None:
    with pytest.raises(SupplyRefusedError):
        keep(
            entity,
            {"contact": str(alice.pk), "region": "Utrecht"},
            origin=Origin.BOUGHT,
            seller="Adressen B.V.",
            processor=make.processor(legal_entities=[entity]),
            told_at=datetime(2027, 1, 1, tzinfo=UTC),
        )


def test_probability_from_outside_makes_a_score(entity: LegalEntity, alice: Contact) -> None:
    model = make_scores.score_model(legal_entity=entity, kind=ScoreModel.Kind.STATIC)
    version = make_scores.score_version(model=model)
    rule = make_scores.score_rule(version=version, looks_at=make_scores.LooksAt.PERSON, points=60)
    condition = make_scores.condition(rule=rule, field="ATTRIBUTE.churn", comparison="AT_LEAST", value=1)
    condition.number = Decimal("0.7")
    condition.save(update_fields=["number"])

    scored = []
    for value, since in (("0.69", make.NOW - 2 * DAY), ("0.7", make.NOW - DAY)):
        keep(entity, {"contact": str(alice.pk), "churn": value}, since=since)
        score_everybody(version=version, now=make.NOW)
        scored.append([int(one.points) for one in Score.objects.all()])

    assert scored == [[], [60]]
