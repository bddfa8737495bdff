"""What the record of processing lacks: an officer, words on security, assessments (art. 30 and 35 GDPR)."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.processing.gaps import REVIEW_DAYS
from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency, days_from
from consent.models import Channel, ImpactAssessment, Purpose, SecurityMeasures
from customers.domain.staff import Area
from customers.models import LegalEntity, Organisation

DISCUSS: Final = _(
    "The record of processing is what the authority asks for first. Does it say what we really do? Which of "
    "these lines can be filled in today, and what do we do that no line tells of?"
)


def without_officer(_at: datetime.datetime) -> Filters:
    """No address of a data protection officer."""
    return {"dpo_email__exact": ""}


def without_security(_at: datetime.datetime) -> Filters:
    """Nothing is written about security, for no legal entity."""
    return {"security_measures__isnull": True}


def security_not_reviewed(at: datetime.datetime) -> Filters:
    """A text about security that nobody looked at for a year."""
    return {"reviewed_date__lt": days_from(at, days=-REVIEW_DAYS).date()}


def assessment_due(at: datetime.datetime) -> Filters:
    """An impact assessment whose day of review has passed."""
    return {"review_date__lt": at.date()}


def profiles_unassessed(_at: datetime.datetime) -> Filters:
    """A purpose that makes profiles, without any impact assessment."""
    return {"channels__contains": f"{{{Channel.NONE.value}}}", "impact_assessments__isnull": True}


PROCESSING: Final = (
    Shortcoming(
        code="entities_without_officer",
        title=_("Legal entities without the address of a data protection officer"),
        act=_("Write down who answers questions"),
        discuss=DISCUSS,
        article=_("art. 30(1)(a) and 37 GDPR"),
        urgency=Urgency.NOW,
        area=Area.LEGAL_ENTITIES,
        model=LegalEntity,
        filters=without_officer,
        legal_entity="",
        legal_entities="pk",
    ),
    Shortcoming(
        code="security_unsaid",
        title=_("Organisations that say nothing about security"),
        act=_("Write down how data is secured"),
        discuss=DISCUSS,
        article=_("art. 30(1)(g) and 32 GDPR"),
        urgency=Urgency.NOW,
        area=Area.ORGANISATION,
        model=Organisation,
        filters=without_security,
        organisation="pk",
        legal_entity="",
    ),
    Shortcoming(
        code="security_not_reviewed",
        title=_("Security measures not reviewed for a year"),
        act=_("See whether they are still so, and note the day"),
        discuss=DISCUSS,
        article=_("art. 32(1)(d) GDPR"),
        urgency=Urgency.NOW,
        area=Area.PROCESSING,
        model=SecurityMeasures,
        filters=security_not_reviewed,
    ),
    Shortcoming(
        code="assessments_due",
        title=_("Impact assessments due for review"),
        act=_("Look whether the processing is still as assessed"),
        discuss=DISCUSS,
        article=_("art. 35(11) GDPR"),
        urgency=Urgency.NOW,
        area=Area.PROCESSING,
        model=ImpactAssessment,
        filters=assessment_due,
        organisation="legal_entity__organisation",
    ),
    Shortcoming(
        code="profiles_unassessed",
        title=_("Purposes that make profiles without an impact assessment"),
        act=_("Weigh the risks, and note what came of it"),
        discuss=DISCUSS,
        article=_("art. 35(1) GDPR"),
        urgency=Urgency.LATE,
        area=Area.WORDING,
        model=Purpose,
        filters=profiles_unassessed,
        legal_entity="",
        legal_entities="legal_entities",
        department="department",
    ),
)
