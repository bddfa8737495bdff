"""What is missing in a record of processing: each with its article and the row in which it is mended."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.processing.facts import Ground, Use
from consent.domain.processing.record import ProcessingRecord, purposes_of
from consent.models import (
    BalancingTest,
    Channel,
    CollectionPoint,
    ContentKind,
    ImpactAssessment,
    Processor,
    SecurityMeasures,
)

# A place is looked at again once a year; the law says "regularly" (art. 24(1) and 32(1)(d) GDPR).
REVIEW_DAYS: Final = 366


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing that the record lacks, the article, and the row, or the kind of row, to mend it in."""

    sentence: str
    article: str | StrPromise
    row: Model | None = None
    to_add: type[Model] | None = None


def find_gaps(*, record: ProcessingRecord) -> Sequence[Gap]:
    """Find what a record of processing lacks; no query is made for it."""
    day = record.at.astimezone(ZoneInfo(record.entity.time_zone)).date()
    return [
        *_of_controller(record, day),
        *(gap for use in record.processing.uses for gap in _of_purpose(use, record)),
        *(gap for point in record.papers.points for gap in _of_point(point, day)),
        *(gap for one in record.processing.recipients for gap in _of_recipient(one, day)),
        *_of_papers(record, day),
    ]


def _of_controller(record: ProcessingRecord, day: datetime.date) -> Iterator[Gap]:
    entity, security = record.entity, record.papers.security
    if not entity.dpo_email:
        yield Gap(
            sentence=gettext("No data protection officer, or no address of the officer."),
            article=_("Art. 30(1)(a) and 37 GDPR"),
            row=entity,
        )
    if security is None:
        yield Gap(
            sentence=gettext("Nothing is said about security."),
            article=_("Art. 30(1)(g) and 32 GDPR"),
            to_add=SecurityMeasures,
        )
    elif (day - security.reviewed_date).days > REVIEW_DAYS:
        yield Gap(
            sentence=gettext("The security measures were not reviewed for a year."),
            article=_("Art. 32(1)(d) GDPR"),
            row=security,
        )


def _of_purpose(use: Use, record: ProcessingRecord) -> Iterator[Gap]:
    purpose, name = use.purpose, {"purpose": str(use.purpose)}
    tests = [test for test in record.papers.tests if test.purpose_id == purpose.pk]
    assessed = any(purpose in one.purposes.all() for one in record.papers.assessments)
    if not any(purpose.description.values()):
        yield Gap(
            sentence=gettext("“%(purpose)s” does not say what it is for.") % name,
            article=_("Art. 30(1)(b) GDPR"),
            row=purpose,
        )
    if not use.is_grounded:
        yield Gap(
            sentence=gettext("“%(purpose)s” rests on nothing yet: nobody is asked, told or weighed.") % name,
            article=_("Art. 6(1) GDPR"),
            row=purpose,
        )
    if purpose.content == ContentKind.SERVICE and not use.passed_service_test:
        yield Gap(
            sentence=gettext("“%(purpose)s” is a service message without a test that it passed.") % name,
            article=_("Art. 6(1)(b) GDPR, art. 11.7 Tw"),
            row=purpose,
        )
    if use.grounds == (Ground.CONSENT,) and purpose.term_months is None and purpose.uses is None:
        yield Gap(
            sentence=gettext("“%(purpose)s” has no term: permission lasts until it is withdrawn.") % name,
            article=_("Art. 5(1)(e) and 30(1)(f) GDPR"),
            row=purpose,
        )
    if Channel.NONE in purpose.channels and not assessed:
        yield Gap(
            sentence=gettext("“%(purpose)s” makes profiles, without an impact assessment.") % name,
            article=_("Art. 35(1) and (3)(a) GDPR"),
            to_add=ImpactAssessment,
        )
    yield from (_ended(test) for test in tests if _is_over(test, tests, record.at))


def _is_over(test: BalancingTest, tests: Sequence[BalancingTest], at: datetime.datetime) -> bool:
    """Ended, and no other of the same channel took its place."""
    later = [one for one in tests if one.channel == test.channel and one.valid_until_at is None]
    return test.valid_until_at is not None and test.valid_until_at <= at and not later


def _ended(test: BalancingTest) -> Gap:
    return Gap(
        sentence=gettext("The balancing test of “%(test)s” has ended.") % {"test": test},
        article=_("Art. 6(1)(f) GDPR"),
        row=test,
    )


def _of_point(point: CollectionPoint, day: datetime.date) -> Iterator[Gap]:
    name = {"place": point.code}
    reviewed = point.last_reviewed_date
    if reviewed is None or (day - reviewed).days > REVIEW_DAYS:
        sentence = (
            gettext("Collection point “%(place)s” was never reviewed.")
            if reviewed is None
            else gettext("Collection point “%(place)s” was not reviewed for a year.")
        )
        yield Gap(sentence=sentence % name, article=_("Art. 24(1) and 5(2) GDPR"), row=point)
    for field in point.fields.all():
        if not field.need.strip() or not field.needed:
            yield Gap(
                sentence=gettext("“%(place)s” asks “%(detail)s” without saying that it is needed, and why.")
                % {**name, "detail": field.get_name_display()},
                article=_("Art. 5(1)(c) GDPR"),
                row=point,
            )
    if not any(purposes_of(point=point)) and not point.transaction_kind:
        yield Gap(
            sentence=gettext("Collection point “%(place)s” serves no purpose in the register.") % name,
            article=_("Art. 5(1)(b) GDPR"),
            row=point,
        )


def _of_recipient(one: Processor, day: datetime.date) -> Iterator[Gap]:
    name = {"name": one.name}
    works_for_us = one.role == Processor.Role.PROCESSOR
    if works_for_us and not (one.agreement_reference and one.agreed_date):
        yield Gap(
            sentence=gettext("There is no agreement with “%(name)s”.") % name,
            article=_("Art. 28(3) GDPR"),
            row=one,
        )
    elif one.agreement_until_date is not None and one.agreement_until_date < day:
        yield Gap(
            sentence=gettext("The agreement with “%(name)s” has ended.") % name,
            article=_("Art. 28(3) GDPR"),
            row=one,
        )
    if one.review_date < day:
        yield Gap(
            sentence=gettext("The review of “%(name)s” is overdue.") % name,
            article=_("Art. 28(1) GDPR"),
            row=one,
        )


def _of_papers(record: ProcessingRecord, day: datetime.date) -> Iterator[Gap]:
    for assessment in record.papers.assessments:
        if assessment.review_date < day:
            yield Gap(
                sentence=gettext("The impact assessment “%(title)s” is due for review.")
                % {"title": assessment.title},
                article=_("Art. 35(11) GDPR"),
                row=assessment,
            )
