"""What people and officers are mailed about a rights request; the request itself is never repeated in it."""

import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext, override

from consent.domain import outbox
from consent.domain.outbox import Letter, NewMessage
from consent.models import OutboxMessage, RightsRequest
from customers.models import ContactPoint

Kind = OutboxMessage.Kind
AUTHORITIES = {
    "NL": "Autoriteit Persoonsgegevens (autoriteitpersoonsgegevens.nl)",
    "BE": "Gegevensbeschermingsautoriteit (gegevensbeschermingsautoriteit.be)",
}


def confirm_receipt(*, request: RightsRequest, written_at: datetime.datetime) -> None:
    """Mail that the request came, and by when it is answered; in silence where no address is known."""
    with override(request.language):
        paragraphs = [
            gettext("We have your request. You do not have to do anything now."),
            gettext("You get an answer before the day below, in nearly every case sooner."),
        ]
        _mail(request, paragraphs, written_at)


def tell_extension(*, request: RightsRequest, reason: str, written_at: datetime.datetime) -> None:
    """Mail why it takes longer and until when (art. 12(3) GDPR)."""
    with override(request.language):
        paragraphs = [
            gettext("We need more time for your request: at most two months more."),
            gettext("The reason: %(reason)s") % {"reason": reason},
            _complaint(request),
        ]
        _mail(request, paragraphs, written_at)


def tell_refusal(*, request: RightsRequest, reason: str, written_at: datetime.datetime) -> None:
    """Mail why we do not do what was asked, and where to complain (art. 12(4) GDPR)."""
    with override(request.language):
        paragraphs = [
            gettext("We do not do what you asked."),
            gettext("The reason: %(reason)s") % {"reason": reason},
            _complaint(request),
        ]
        _mail(request, paragraphs, written_at)


def tell_done(*, request: RightsRequest, remark: str, written_at: datetime.datetime) -> None:
    """Mail what was done (art. 12(3) GDPR)."""
    with override(request.language):
        _mail(request, [_done(request), *([remark] if remark else [])], written_at)


def tell_erased(*, request: RightsRequest, point: ContactPoint, written_at: datetime.datetime) -> None:
    """Write the last mail to a person who is about to be erased; its address goes once it has left."""
    with override(request.language):
        content = _content(request, [*_farewell()])
    letter = Letter(
        kind=Kind.FAREWELL,
        legal_entity=request.legal_entity,
        to=point.value,
        language=request.language,
        content=content,
    )
    outbox.write_letter(letter=letter, written_at=written_at)


def remind_officer(*, request: RightsRequest, written_at: datetime.datetime) -> None:
    """Mail the officer of the legal entity that a term ends; nobody is named in it."""
    entity = request.legal_entity
    with override(entity.language):
        overdue = request.due_at <= written_at
        content = _content(
            request,
            [
                gettext("The term of this request has passed. Answer it today.")
                if overdue
                else gettext("The term of this request ends soon."),
            ],
            subject=gettext("Rights request overdue") if overdue else gettext("Rights request due"),
        )
    content["page"] = f"/admin/consent/rightsrequest/{request.pk}/change/"
    letter = Letter(
        kind=Kind.OFFICER,
        legal_entity=entity,
        to=entity.dpo_email,
        language=entity.language,
        content=content,
    )
    outbox.write_letter(letter=letter, written_at=written_at)


def point_to_write_to(*, request: RightsRequest) -> ContactPoint | None:
    """Find the e-mail address that is the person's; an unproven one only where there is no other.

    One that was typed on a form beside another address may be anybody's, and gets nothing.
    """
    if request.contact is None:
        return None
    points = request.contact.points.filter(
        kind=ContactPoint.Kind.EMAIL, invalid_at__isnull=True, claimed=False
    ).order_by("created_at", "pk")
    return next((point for point in points if point.verified_at), points.first())


def _mail(request: RightsRequest, paragraphs: list[str], written_at: datetime.datetime) -> None:
    point = point_to_write_to(request=request)
    if point is None:
        return
    message = NewMessage(
        kind=Kind.RIGHTS,
        legal_entity=request.legal_entity,
        contact_point=point,
        language=request.language,
        content=_content(request, paragraphs),
    )
    outbox.write(message=message, written_at=written_at)


def _content(request: RightsRequest, paragraphs: list[str], subject: str = "") -> dict[str, object]:
    name = {"name": request.legal_entity.name}
    return {
        "subject": subject or gettext("Your request to %(name)s") % name,
        "paragraphs": paragraphs,
        "facts": [
            (gettext("Request"), str(RightsRequest.Kind(request.kind).label)),
            (gettext("Received"), written_day(moment=request.received_at, request=request)),
            (gettext("Answer before"), written_day(moment=request.due_at, request=request)),
            (gettext("Number"), str(request.pk)),
        ],
    }


def written_day(*, moment: datetime.datetime, request: RightsRequest) -> str:
    """Write a day in full, in the zone of the legal entity."""
    return date_format(moment.astimezone(ZoneInfo(request.legal_entity.time_zone)), "j F Y")


def _complaint(request: RightsRequest) -> str:
    authority = AUTHORITIES[request.legal_entity.country]
    officer = request.legal_entity.dpo_email
    told = gettext("Do you disagree? You can complain to %(authority)s, or go to court.") % {
        "authority": authority
    }
    if not officer:
        return told
    return (
        told
        + " "
        + gettext("Our data protection officer answers questions: %(officer)s.") % {"officer": officer}
    )


def _done(request: RightsRequest) -> str:
    kinds = RightsRequest.Kind
    sentences = {
        kinds.ACCESS: gettext("Your copy is ready. You get a link to your page, where you download it."),
        kinds.PORTABILITY: gettext("Your data is ready. You get a link to your page, where you download it."),
        kinds.PROOF: gettext("Your proof is ready. You get a link to your page, where you download it."),
        kinds.RECTIFICATION: gettext("Your details are corrected."),
        kinds.RESTRICTION: gettext("From now on we only store your data, and use it for nothing else."),
        kinds.MARKETING: gettext("From now on we contact you for no marketing at all."),
        kinds.PROFILING: gettext("From now on we make no profile of you."),
        kinds.ERASURE: gettext("We hold nothing about you."),
    }
    return sentences[kinds(request.kind)]


def _farewell() -> list[str]:
    return [
        gettext("Your data is erased. This is the last message you get from us."),
        gettext(
            "We keep an unreadable mark of your address, so that nobody puts you on a list again. "
            "Only you can undo that, by giving permission anew."
        ),
        gettext("Where the law has us keep something for a while, it goes by itself when that term ends."),
    ]
