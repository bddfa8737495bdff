"""Lines of the record of processing that say nothing yet: of a purpose, and of a detail that is asked."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.shortcomings.processing import DISCUSS
from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency
from consent.models import CollectionPoint, ContentKind, Purpose
from customers.domain.staff import Area
from customers.models import Language

NO_SERVICE: Final = tuple(kind.value for kind in ContentKind if kind is not ContentKind.SERVICE)


def without_words(_at: datetime.datetime) -> Filters:
    """What it is for is written in no language."""
    return {f"description__{language}__isnull": True for language in Language.values}


def on_nothing(_at: datetime.datetime) -> Filters:
    """Nobody wrote a text that asks or tells people, and nobody weighed it."""
    return {"content__in": NO_SERVICE, "notices__isnull": True, "balancing_tests__isnull": True}


def without_term(_at: datetime.datetime) -> Filters:
    """A form asks permission for it that never ends."""
    return {
        "notices__versions__choices__isnull": False,
        "balancing_tests__isnull": True,
        "term_months__isnull": True,
        "uses__isnull": True,
    }


def untested(_at: datetime.datetime) -> Filters:
    """Called a service message, without the test that makes it one."""
    return {"content__exact": ContentKind.SERVICE.value, "service_test__isnull": True}


def unexplained(_at: datetime.datetime) -> Filters:
    """It asks a detail, and nobody wrote why that is needed."""
    return {"fields__need__exact": ""}


RECORD: Final = (
    Shortcoming(
        code="purposes_on_nothing",
        title=_("Purposes without a request for permission, notice or balancing test"),
        act=_("Ask, tell or weigh: it rests on nothing yet"),
        discuss=DISCUSS,
        article=_("art. 6(1) GDPR"),
        urgency=Urgency.NOW,
        area=Area.WORDING,
        model=Purpose,
        filters=on_nothing,
        legal_entity="",
        legal_entities="legal_entities",
        department="department",
    ),
    Shortcoming(
        code="services_untested",
        title=_("Service messages without a service test"),
        act=_("Take the test, or treat them as marketing"),
        discuss=DISCUSS,
        article=_("art. 6(1)(b) GDPR and 11.7 Tw"),
        urgency=Urgency.NOW,
        area=Area.WORDING,
        model=Purpose,
        filters=untested,
        legal_entity="",
        legal_entities="legal_entities",
        department="department",
    ),
    Shortcoming(
        code="purposes_without_words",
        title=_("Purposes that do not say what they are for"),
        act=_("Write it down in a sentence or two"),
        discuss=DISCUSS,
        article=_("art. 30(1)(b) GDPR"),
        urgency=Urgency.AHEAD,
        area=Area.WORDING,
        model=Purpose,
        filters=without_words,
        legal_entity="",
        legal_entities="legal_entities",
        department="department",
    ),
    Shortcoming(
        code="purposes_without_term",
        title=_("Purposes asked on a form whose permission never ends"),
        act=_("Set a term"),
        discuss=DISCUSS,
        article=_("art. 5(1)(e) and 30(1)(f) GDPR"),
        urgency=Urgency.AHEAD,
        area=Area.WORDING,
        model=Purpose,
        filters=without_term,
        legal_entity="",
        legal_entities="legal_entities",
        department="department",
    ),
)
DETAILS: Final = (
    Shortcoming(
        code="details_unexplained",
        title=_("Collection points that ask a detail without saying why"),
        act=_("Say why it is needed, or ask it no more"),
        discuss=DISCUSS,
        article=_("art. 5(1)(c) GDPR"),
        urgency=Urgency.AHEAD,
        area=Area.COLLECTION,
        model=CollectionPoint,
        filters=unexplained,
        organisation="legal_entity__organisation",
        department="department",
    ),
)
