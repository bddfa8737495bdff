"""The steps with which the officer answers a rights request, and the one domain call of each."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin import rights_forms
from consent.admin.rights_forms import AnswerForm
from consent.domain.corrections import Correction
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.restrictions import AlreadyRestrictedError
from consent.domain.rights import answering
from consent.domain.rights.answering import Fulfilment
from consent.domain.rights.receiving import note_identity
from consent.models import Actor, Method, RightsRequest, Source

Kind = RightsRequest.Kind


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Which request, the form that was filled in, and when."""

    request: RightsRequest
    form: Any
    now: datetime.datetime

    @property
    def said(self) -> Mapping[str, Any]:
        return self.form.cleaned_data  # type: ignore[no-any-return]

    @property
    def how(self) -> Circumstances:
        """The person asked; the officer did it."""
        return Circumstances(
            actor=Actor.SUBJECT,
            source=Source(self.request.source),
            method=Method.RECORD,
            staff_id=self.form.staff.pk,
            proof={"rights_request": str(self.request.pk)},
        )


@dataclass(frozen=True, kw_only=True)
class RightsAct:
    """One step: its name in the address, its words, and the domain call."""

    slug: str
    title: StrPromise
    lead: StrPromise
    button: StrPromise
    done: StrPromise
    form: type[AnswerForm]
    perform: Callable[[Answer], object]
    applies: Callable[[RightsRequest], bool]
    refusals: Mapping[type[Exception], StrPromise] = field(default_factory=dict)
    is_stop: bool = False


def _may_extend(request: RightsRequest) -> bool:
    return request.extended_at is None and request.kind != Kind.PROOF


def _is_checked(request: RightsRequest) -> bool:
    return bool(request.identity) or request.kind in answering.WITHOUT_IDENTITY


def _of(*kinds: Kind) -> Callable[[RightsRequest], bool]:
    return lambda request: _is_checked(request) and (request.kind in kinds) and request.contact_id is not None


def _simple(request: RightsRequest) -> bool:
    special = (Kind.ERASURE, Kind.RESTRICTION, Kind.RECTIFICATION)
    return _is_checked(request) and (request.kind not in special or request.contact_id is None)


def _identify(answer: Answer) -> object:
    return note_identity(
        request=answer.request,
        identity=RightsRequest.Identity(answer.said["identity"]),
        checked_at=answer.now,
        staff_id=answer.form.staff.pk,
        note=answer.said["note"],
    )


def _extend(answer: Answer) -> object:
    return answering.extend(
        request=answer.request,
        reason=answer.said["reason"],
        staff_id=answer.form.staff.pk,
        extended_at=answer.now,
    )


def _refuse(answer: Answer) -> object:
    return answering.refuse(
        request=answer.request,
        ground=RightsRequest.Ground(answer.said["ground"]),
        reason=answer.said["reason"],
        staff_id=answer.form.staff.pk,
        refused_at=answer.now,
    )


def _fulfil(answer: Answer) -> object:
    done = Fulfilment(how=answer.how, remark=answer.said["remark"])
    return answering.fulfil(request=answer.request, done=done, fulfilled_at=answer.now)


def _correct(answer: Answer) -> object:
    said = answer.said
    correction = Correction(
        given_name=said["given_name"],
        family_name=said["family_name"],
        addresses=[said["address"]] if said["address"] else [],
    )
    done = Fulfilment(how=answer.how, remark=said["remark"], correction=correction)
    return answering.fulfil(request=answer.request, done=done, fulfilled_at=answer.now)


def _erase(answer: Answer) -> object:
    done = Fulfilment(how=answer.how, exemptions=answer.form.exemptions(), decided_by_id=answer.form.staff.pk)
    return answering.fulfil(request=answer.request, done=done, fulfilled_at=answer.now)


ACTS = (
    RightsAct(
        slug="identity",
        title=_("Note who asks"),
        lead=_("Only where there is reasonable doubt do you ask for more than you have (art. 12(6) GDPR)."),
        button=_("Note it"),
        done=_("It is noted how you know who asks."),
        form=rights_forms.IdentityForm,
        perform=_identify,
        applies=lambda request: not request.identity,
    ),
    RightsAct(
        slug="fulfil",
        title=_("Do what was asked"),
        lead=_("It is done at once, and the person is mailed what was done."),
        button=_("Do it and tell the person"),
        done=_("It is done, and the person is told."),
        form=rights_forms.FulfilForm,
        perform=_fulfil,
        applies=_simple,
    ),
    RightsAct(
        slug="correct",
        title=_("Correct the details"),
        lead=_("Permission belongs to one address and does not move to a new one (art. 16 GDPR)."),
        button=_("Correct and tell the person"),
        done=_("The details are corrected, and the person is told."),
        form=rights_forms.CorrectForm,
        perform=_correct,
        applies=_of(Kind.RECTIFICATION),
    ),
    RightsAct(
        slug="restrict",
        title=_("Restrict processing"),
        lead=_("From now on the data is only stored: no message, not even service (art. 18 GDPR)."),
        button=_("Restrict and tell the person"),
        done=_("Processing is restricted, and the person is told."),
        form=rights_forms.RestrictForm,
        perform=_fulfil,
        applies=_of(Kind.RESTRICTION),
        refusals={AlreadyRestrictedError: _("Processing is restricted already.")},
    ),
    RightsAct(
        slug="erase",
        title=_("Erase this person"),
        lead=_(
            "Name, addresses, permissions, purchases, calls, messages and proof are destroyed, for every "
            "legal entity of the organisation. Bare events stay in the ledger, and the addresses are blocked."
        ),
        button=_("Erase everything about this person"),
        done=_("The person is erased, and told so in a last message."),
        form=rights_forms.EraseForm,
        perform=_erase,
        applies=_of(Kind.ERASURE),
        is_stop=True,
    ),
    RightsAct(
        slug="extend",
        title=_("Take more time"),
        lead=_("Two months more for a complex request; the person hears why, within the first month."),
        button=_("Extend and tell the person"),
        done=_("The term is extended, and the person is told."),
        form=rights_forms.ExtendForm,
        perform=_extend,
        applies=_may_extend,
        refusals={
            answering.NotExtendableError: _("The first month has passed, or the term was extended before.")
        },
    ),
    RightsAct(
        slug="refuse",
        title=_("Refuse"),
        lead=_("Only on a ground of the law. The person hears why, and where to complain."),
        button=_("Refuse and tell the person"),
        done=_("The request is refused, and the person is told."),
        form=rights_forms.RefuseForm,
        perform=_refuse,
        applies=lambda _request: True,
        is_stop=True,
    ),
)
ACT_BY_SLUG = {act.slug: act for act in ACTS}


def acts_for(*, request: RightsRequest) -> list[RightsAct]:
    """The steps that make sense now; none once the request is answered."""
    if request.state != RightsRequest.State.OPEN:
        return []
    return [act for act in ACTS if act.applies(request)]
