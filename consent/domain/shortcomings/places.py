"""Collection points that nobody looked at, or that lack what people must be told."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency
from consent.models import CollectionPoint
from customers.domain.staff import Area

REVIEW_AFTER: Final = datetime.timedelta(days=365)
DISCUSS: Final = _(
    "A place where we ask for data was set up once, and may ask more than we need today. Walk through it "
    "together: where do we ask what, why, and would we miss it? Let somebody else judge too: who made a form "
    "finds every field needed."
)


def never_reviewed(_at: datetime.datetime) -> Filters:
    """In use, and never looked at."""
    return {"last_reviewed_date__isnull": True}


def long_not_reviewed(at: datetime.datetime) -> Filters:
    """Looked at more than a year ago."""
    return {"last_reviewed_date__lt": (at - REVIEW_AFTER).date()}


def without_statement(_at: datetime.datetime) -> Filters:
    """On the web without a privacy statement beside it."""
    return {"published_at__isnull": False, "privacy_statement__isnull": True}


def without_department(_at: datetime.datetime) -> Filters:
    """Nobody answers for it."""
    return {"department__isnull": True}


PLACES: Final = (
    Shortcoming(
        code="places_without_statement",
        title=_("Published forms without a privacy statement"),
        act=_("Link the privacy statement"),
        discuss=_(
            "People must read at the moment we ask what we do with their answer: why, how long, who sees it, "
            "and how to reach the data protection officer. Does every form of ours say so, in words that our "
            "own family would understand?"
        ),
        article=_("art. 13 GDPR"),
        urgency=Urgency.LATE,
        area=Area.COLLECTION,
        model=CollectionPoint,
        filters=without_statement,
        organisation="legal_entity__organisation",
        department="department",
    ),
    Shortcoming(
        code="places_never_reviewed",
        title=_("Collection points that were never reviewed"),
        act=_("Review them, and note the day"),
        discuss=DISCUSS,
        article=_("art. 5(1)(c) and 25 GDPR"),
        urgency=Urgency.NOW,
        area=Area.COLLECTION,
        model=CollectionPoint,
        filters=never_reviewed,
        organisation="legal_entity__organisation",
        department="department",
    ),
    Shortcoming(
        code="places_long_not_reviewed",
        title=_("Collection points reviewed more than a year ago"),
        act=_("Review them again, and note the day"),
        discuss=DISCUSS,
        article=_("art. 5(1)(c) and 25 GDPR"),
        urgency=Urgency.NOW,
        area=Area.COLLECTION,
        model=CollectionPoint,
        filters=long_not_reviewed,
        organisation="legal_entity__organisation",
        department="department",
    ),
    Shortcoming(
        code="places_without_department",
        title=_("Collection points nobody answers for"),
        act=_("Choose a department"),
        discuss=DISCUSS,
        article=_("art. 5(2) and 24 GDPR"),
        urgency=Urgency.AHEAD,
        area=Area.COLLECTION,
        model=CollectionPoint,
        filters=without_department,
        organisation="legal_entity__organisation",
        department="department",
    ),
)
