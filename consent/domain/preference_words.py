"""What stands and what happened, written out for the person it is about, in the language of the moment."""

import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from phonenumber_field.phonenumber import PhoneNumber

from consent.domain.preference_grounds import Ground, Note
from consent.domain.preferences import Card, Preferences, Row
from consent.domain.terms import last_moment
from consent.models import Act, Actor, Channel, ConsentEvent, Source, in_language
from customers.domain.addresses import mask
from customers.models import ContactPoint

MAY: dict[Channel, StrPromise] = {
    Channel.EMAIL: _("%(name)s may e-mail you"),
    Channel.SMS: _("%(name)s may text you"),
    Channel.MESSAGING: _("%(name)s may send you messages in an app"),
    Channel.CALL: _("%(name)s may call you"),
    Channel.AUTOMATED_CALL: _("%(name)s may have a computer call you"),
    Channel.POST: _("%(name)s may send you post"),
}
MAY_NOT: dict[Channel, StrPromise] = {
    Channel.EMAIL: _("%(name)s may not e-mail you"),
    Channel.SMS: _("%(name)s may not text you"),
    Channel.MESSAGING: _("%(name)s may not send you messages in an app"),
    Channel.CALL: _("%(name)s may not call you"),
    Channel.AUTOMATED_CALL: _("%(name)s may not have a computer call you"),
    Channel.POST: _("%(name)s may not send you post"),
}
ALWAYS_TOLD = (Channel.EMAIL, Channel.CALL)
GROUNDS: dict[Ground, StrPromise] = {
    Ground.CONSENT: _("You gave permission"),
    Ground.CUSTOMER: _("You are a customer: only for similar products or services"),
    Ground.DONOR: _("You gave a donation"),
    Ground.VOLUNTEER: _("You are or were a volunteer"),
    Ground.ATTENDEE: _("You came to a gathering"),
    Ground.COMPANY: _("You are known as a company"),
    Ground.PUBLISHED: _("You published this address to receive offers"),
    Ground.INTEREST: _("A legitimate interest, weighed against yours"),
    Ground.AGREEMENT: _("It belongs to what you agreed with us"),
}
NOTES: dict[Note, StrPromise] = {
    Note.NOT_CONFIRMED: _("You have not confirmed this yet. Tick the box and save to confirm it."),
    Note.NOT_VERIFIED: _(
        "This number is not verified yet. Nobody may call it before you have given the code we send to it."
    ),
    Note.ADDRESS_NOT_CONFIRMED: _(
        "This e-mail address is not confirmed yet. Open a link that was sent to this address to choose here."
    ),
    Note.ADDRESS_INVALID: _("This address does not work, so nothing is sent to it."),
    Note.OBJECTED: _("You said no to this."),
    Note.WITHDRAWN: _("You stopped this."),
    Note.REFUSED: _("You were asked for this and said no."),
    Note.ENDED: _("This permission has ended."),
    Note.USED_UP: _("This permission has been used."),
    Note.INCOMPLETE: _("The proof of this permission is not complete, so it does not count."),
    Note.RESTRICTED: _("We may only keep your details for now, so nobody may contact you."),
    Note.NOT_NOW: _("You may have allowed this, but our rules or the law do not at this moment."),
    Note.MINOR: _("A parent, guardian or other representative must give this permission."),
    Note.GIVEN_TOO_YOUNG: _("You gave this when you were too young for it. You can give it again now."),
}
OWN_ACTS: dict[Act, StrPromise] = {
    Act.REQUESTED: _("You asked for this, to be confirmed: %(what)s"),
    Act.GIVEN: _("You gave permission: %(what)s"),
    Act.CONFIRMED: _("You confirmed permission: %(what)s"),
    Act.RENEWED: _("You gave permission again: %(what)s"),
    Act.REFUSED: _("You said no: %(what)s"),
    Act.WITHDRAWN: _("You stopped: %(what)s"),
    Act.OBJECTED: _("You said no to: %(what)s"),
    Act.OBJECTION_RETRACTED: _("You took back your no to: %(what)s"),
    Act.SUPPRESSED: _("You blocked: %(what)s"),
    Act.ADDRESS_VERIFIED: _("You showed that an address is yours"),
    Act.ADDRESS_INVALIDATED: _("You said that an address is no longer yours"),
    Act.ADDRESS_RESTORED: _("You said that an address is yours again"),
}
ABOUT_AN_ADDRESS = frozenset({Act.ADDRESS_VERIFIED, Act.ADDRESS_INVALIDATED, Act.ADDRESS_RESTORED})
ABOUT_A_PERMISSION = frozenset(Act) - ABOUT_AN_ADDRESS - {Act.ERASED}


def where_you_stand(*, card: Card) -> str:
    """Say in one sentence what a legal entity may and may not."""
    told = {*ALWAYS_TOLD, *(row.channel for row in card.rows)}
    allowed = {row.channel for row in card.rows if row.standing.authorises}
    clauses = [
        str((MAY if channel in allowed else MAY_NOT)[channel]) % {"name": card.legal_entity.name}
        for channel in MAY
        if channel in told
    ]
    return "; ".join(clauses) + "."


def everywhere_you_stand(*, preferences: Preferences) -> list[str]:
    """Say for each legal entity what it may and may not."""
    return [where_you_stand(card=card) for card in preferences.cards]


def statement(*, row: Row) -> str:
    """The exact wording of the notice, or what the box means where there is none."""
    if row.notice is not None:
        return in_language(row.notice.wording, get_language() or "")
    who = {"name": row.legal_entity.name, "purpose": str(row.purpose)}
    if row.channel is Channel.NONE:
        return gettext("%(name)s may use your details for: %(purpose)s.") % who
    clause = str(MAY[row.channel]) % who
    return gettext("%(clause)s about: %(purpose)s.") % {"clause": clause, **who}


def ground(*, row: Row) -> str:
    """Name what carries a permission; empty when nothing does."""
    return str(GROUNDS[row.standing.ground]) if row.standing.ground else ""


def products(*, row: Row) -> list[str]:
    """Name the products a customer may be told about; those with a term of their own until when."""
    zone = row.legal_entity.time_zone
    return [
        gettext("%(products)s, until %(day)s")
        % {"products": found.name, "day": written_last_day(ends_at=found.until, zone=zone)}
        if found.until
        else found.name
        for found in row.standing.products
    ]


def note(*, row: Row) -> str:
    """Say what a person should know about a permission beside its state."""
    if row.standing.note:
        return str(NOTES[row.standing.note])
    if not row.standing.is_on and not row.can_change:
        return gettext("You cannot turn this on here.")
    return ""


def channel(*, row: Row, opened_with: ContactPoint) -> str:
    """Name the channel and the addresses it reaches; only addresses shown to be theirs are written whole."""
    if row.channel is Channel.NONE:
        return gettext("Nothing is sent: your details are used")
    addresses = ", ".join(address_of(point=point, opened_with=opened_with) for point in row.points)
    return f"{row.channel.label}: {addresses}"


def address_of(*, point: ContactPoint, opened_with: ContactPoint) -> str:
    """Write an address whole to somebody who showed that it is theirs, masked to others."""
    proven = point.verified_at is not None or point.pk == opened_with.pk
    if not proven:
        return mask(value=point.value)
    if point.kind == ContactPoint.Kind.POSTAL:
        return f"{point.street}, {point.postal_code} {point.city}"
    return written_number(value=point.value) if point.kind == ContactPoint.Kind.PHONE else point.value


def written_number(*, value: str) -> str:
    """Write a phone number with the spaces that people are used to."""
    return str(PhoneNumber.from_string(value).as_international)


def describe(*, event: ConsentEvent) -> str:
    """Say in plain words what one event of the ledger is."""
    act = Act(event.act)
    if event.actor == Actor.SUBJECT and act in OWN_ACTS:
        return str(OWN_ACTS[act]) % {"what": _what(event)}
    return f"{act.label}: {_what(event)}" if act in ABOUT_A_PERMISSION else str(act.label)


def where(*, event: ConsentEvent) -> str:
    """Say where an act reached us, and by whom when it was not the person."""
    source = Source(event.source).label
    return str(source) if event.actor == Actor.SUBJECT else f"{source} ({event.get_actor_display()})"


def written_date(*, moment: datetime.datetime | None, zone: str) -> str:
    """Write a day in full, in the language of the moment; empty for no moment."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "j F Y") if moment else ""


def written_last_day(*, ends_at: datetime.datetime | None, zone: str) -> str:
    """Write the last day of a term, which ends at its midnight; empty for no end."""
    return written_date(moment=last_moment(ends_at=ends_at), zone=zone) if ends_at else ""


def _what(event: ConsentEvent) -> str:
    everybody = gettext("all legal entities of %(name)s") % {"name": event.organisation.name}
    who = event.legal_entity.name if event.legal_entity else everybody
    if event.act in (Act.RELATION_STARTED, Act.RELATION_ENDED):
        return who
    what_for = str(event.purpose) if event.purpose else gettext("all purposes")
    how = event.get_channel_display() if event.channel else gettext("all channels")
    return f"{who}, {what_for}, {how}"
