"""The record of processing of a legal entity (art. 30(1) GDPR), written from what is known of it."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Prefetch, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.processing import words
from consent.domain.processing.facts import Processing, Use, read_processing
from consent.domain.retention.terms import Kind, Terms, read_terms
from consent.models import (
    BalancingTest,
    CollectionChoice,
    CollectionPoint,
    ImpactAssessment,
    Processor,
    Purpose,
    SecurityMeasures,
    in_language,
)
from customers.models import LegalEntity

Row = BalancingTest | CollectionPoint | ImpactAssessment | Processor | Purpose


class Part(StrEnum):
    """One thing that the record tells of each processing activity."""

    DESCRIPTION = "DESCRIPTION"
    GROUND = "GROUND"
    PEOPLE = "PEOPLE"
    DATA = "DATA"
    COLLECTED = "COLLECTED"
    RECIPIENTS = "RECIPIENTS"
    TRANSFERS = "TRANSFERS"
    TERM = "TERM"
    TESTS = "TESTS"
    ASSESSMENTS = "ASSESSMENTS"


TITLES: Final[Mapping[Part, StrPromise]] = {
    Part.DESCRIPTION: _("What for (art. 30(1)(b))"),
    Part.GROUND: _("Ground (art. 6(1))"),
    Part.PEOPLE: _("Whose data (art. 30(1)(c))"),
    Part.DATA: _("Which data (art. 30(1)(c))"),
    Part.COLLECTED: _("Where it is asked, and why (art. 5(1)(c))"),
    Part.RECIPIENTS: _("Who receives it (art. 30(1)(d))"),
    Part.TRANSFERS: _("Outside the European Economic Area (art. 30(1)(e))"),
    Part.TERM: _("How long it is kept (art. 30(1)(f))"),
    Part.TESTS: _("Balancing tests (art. 6(1)(f))"),
    Part.ASSESSMENTS: _("Impact assessments (art. 35)"),
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing said of an activity, and the row it comes from, where somebody can look at it."""

    text: str
    row: Row | None = None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One processing activity; a part of which nothing is said does not apply to it."""

    name: str
    parts: Mapping[Part, Sequence[Said]]

    def text_of(self, part: Part) -> str:
        """What a part says, one thing on each line."""
        return "\n".join(said.text for said in self.parts.get(part, ()))


@dataclass(frozen=True, kw_only=True)
class Papers:
    """The rows of a legal entity that its record rests on, beside what it does with data."""

    points: Sequence[CollectionPoint]
    tests: Sequence[BalancingTest]
    assessments: Sequence[ImpactAssessment]
    security: SecurityMeasures | None


@dataclass(frozen=True, kw_only=True)
class ProcessingRecord:
    """The record of one legal entity at one moment: the controller, its activities, how they are secured."""

    processing: Processing
    papers: Papers
    activities: Sequence[Activity]
    at: datetime.datetime

    @property
    def entity(self) -> LegalEntity:
        return self.processing.entity

    @property
    def security(self) -> str:
        """The security measures in the language at hand; empty where nobody wrote them."""
        found = self.papers.security
        return in_language(found.measures, get_language() or "") if found else ""


def read_record(*, legal_entity: LegalEntity, at: datetime.datetime) -> ProcessingRecord:
    """Write the record of a legal entity as at a moment, in the language at hand.

    Each purpose is an activity, and so is what the law itself asks of whoever keeps permissions: their proof,
    rights requests, blocked addresses and the accounts of staff. Source: art. 30(1) GDPR.
    """
    processing = read_processing(legal_entity=legal_entity, at=at)
    papers = _read_papers(legal_entity, at)
    terms = read_terms(organisation_id=legal_entity.organisation_id, at=at)
    by_purpose = _by_purpose(papers.points)
    activities = [
        Activity(
            name=str(use.purpose),
            parts=dict(_tell(use, by_purpose.get(use.purpose.pk, []), processing, papers, terms)),
        )
        for use in processing.uses
    ]
    return ProcessingRecord(
        processing=processing, papers=papers, activities=[*activities, *_by_law(terms)], at=at
    )


def _read_papers(entity: LegalEntity, at: datetime.datetime) -> Papers:
    choices = CollectionChoice.objects.select_related("notice_version__notice")
    points = entity.collection_points.prefetch_related("fields", Prefetch("choices", queryset=choices))
    assessments = ImpactAssessment.objects.filter(legal_entity=entity, concluded_date__lte=at)
    tests = entity.balancing_tests.filter(concluded_at__lte=at)
    texts = SecurityMeasures.objects.filter(
        Q(legal_entity=entity) | Q(legal_entity=None), organisation=entity.organisation_id
    )
    return Papers(
        points=list(points.select_related("soft_optin_notice__notice").order_by("code", "pk")),
        tests=list(tests.order_by("concluded_at", "pk")),
        assessments=list(assessments.prefetch_related("purposes").order_by("concluded_date", "pk")),
        # Its own text goes before the one for all.
        security=texts.order_by("legal_entity", "pk").first(),
    )


def _by_purpose(points: Iterable[CollectionPoint]) -> Mapping[uuid.UUID, list[CollectionPoint]]:
    found = defaultdict(list)
    for point in points:
        for purpose_id in dict.fromkeys(purposes_of(point=point)):
            found[purpose_id].append(point)
    return found


def purposes_of(*, point: CollectionPoint) -> Iterator[uuid.UUID]:
    """List the purposes that a place asks permission for, or tells customers of."""
    yield from (choice.notice_version.notice.purpose_id for choice in point.choices.all())
    if point.soft_optin_notice is not None:
        yield point.soft_optin_notice.notice.purpose_id


def _tell(
    use: Use, points: list[CollectionPoint], processing: Processing, papers: Papers, terms: Terms
) -> Iterator[tuple[Part, list[Said]]]:
    purpose = use.purpose
    sales = [point for point in papers.points if point.form == CollectionPoint.Form.TRANSACTION]
    recipients = [one for one in processing.recipients if _serves(one, purpose)]
    tests = [test for test in papers.tests if test.purpose_id == purpose.pk]
    assessed = [one for one in papers.assessments if purpose in one.purposes.all()]
    yield Part.DESCRIPTION, _each([in_language(purpose.description, get_language() or "")])
    yield Part.GROUND, _each(words.say_grounds(use=use))
    yield Part.PEOPLE, _each(words.say_people(use=use, points=points, sales=sales))
    yield Part.DATA, _each(words.say_data(use=use, points=points))
    yield Part.COLLECTED, [Said(text=words.say_point(point=point), row=point) for point in points]
    yield Part.RECIPIENTS, [Said(text=words.say_recipient(recipient=one), row=one) for one in recipients]
    yield Part.TRANSFERS, _each(said for one in recipients for said in words.say_transfers(recipient=one))
    yield Part.TERM, _each(words.say_terms(use=use, processing=processing, terms=terms))
    yield Part.TESTS, [Said(text=words.say_test(test=test), row=test) for test in tests]
    yield Part.ASSESSMENTS, [Said(text=words.say_assessment(assessment=one), row=one) for one in assessed]


def _serves(recipient: Processor, purpose: Purpose) -> bool:
    """Whoever is named for no purpose in particular, such as a hosting company, works for them all."""
    served = recipient.purposes.all()
    return not served or purpose in served


def _each(texts: Iterable[str]) -> list[Said]:
    return [Said(text=text) for text in dict.fromkeys(texts) if text]


def _by_law(terms: Terms) -> Iterator[Activity]:
    """What the law asks of whoever keeps permissions, whatever they are for."""
    proof, requests = terms.of(Kind.PROOF).days, terms.of(Kind.REQUESTS).days
    everybody = gettext("Everybody who gave, refused or withdrew a permission")
    yield _activity(
        name=gettext("Proof of permissions and objections"),
        said={
            Part.DESCRIPTION: gettext("Being able to show each permission, withdrawal and objection."),
            Part.GROUND: gettext("A legal duty (art. 6(1)(c); art. 5(2), 7(1) and 21)"),
            Part.PEOPLE: everybody,
            Part.DATA: gettext("What was said, when, where, in which words; what was typed; network address"),
            Part.TERM: gettext("%(days)s after the permission ended") % {"days": words.in_days(days=proof)},
        },
    )
    yield _activity(
        name=gettext("Requests of people about their data"),
        said={
            Part.DESCRIPTION: gettext("Answering access, erasure and the other rights in time."),
            Part.GROUND: gettext("A legal duty (art. 6(1)(c); art. 12 to 22)"),
            Part.PEOPLE: gettext("Everybody who asks"),
            Part.DATA: gettext("What was asked and answered, and how it was checked who asked"),
            Part.TERM: gettext("%(days)s after the answer") % {"days": words.in_days(days=requests)},
        },
    )
    yield _activity(
        name=gettext("Addresses that must not be contacted"),
        said={
            Part.DESCRIPTION: gettext("Not contacting somebody again who objected or was erased."),
            Part.GROUND: gettext("A legal duty (art. 6(1)(c); art. 17(3)(b) and 21(3))"),
            Part.PEOPLE: gettext("Everybody who objected, was erased or blocked an address"),
            Part.DATA: gettext("A keyed hash of the address, from which it cannot be read"),
            Part.TERM: gettext("As long as contact is made: without it nobody would know of the objection"),
        },
    )
    yield _activity(
        name=gettext("Accounts of staff"),
        said={
            Part.DESCRIPTION: gettext("Letting staff in, and knowing who saw, changed and exported what."),
            Part.GROUND: gettext("A legal duty (art. 6(1)(c); art. 5(2) and 32)"),
            Part.PEOPLE: gettext("Members of staff"),
            Part.DATA: gettext("Name, role, and what was done when"),
            Part.TERM: gettext("Look-ups: %(days)s; the rest as long as the account")
            % {"days": words.in_days(days=terms.of(Kind.LOOKUPS).days)},
        },
    )


def _activity(*, name: str, said: Mapping[Part, str]) -> Activity:
    return Activity(name=name, parts={part: _each([text]) for part, text in said.items()})
