import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from consent.domain import outbox
from consent.domain.links import LinkKind, Withdrawable, measured_token, message_token, withdrawal_token
from consent.domain.verification import code_for
from consent.models import AddressVerification, Channel, OutboxMessage
from customers.domain.key_rings import link_keys

Kind = OutboxMessage.Kind
# These say themselves what they are about, in paragraphs.
LETTERS = (Kind.RIGHTS, Kind.BREACH, Kind.FAREWELL, Kind.OFFICER, Kind.PROCESSOR)
SAY_THEIR_SUBJECT = (*LETTERS, Kind.DIGEST, Kind.CAMPAIGN, Kind.STAY)
WITHOUT_PREFERENCES = (Kind.OFFICER, Kind.CHECKPOINT, Kind.PROCESSOR, Kind.DIGEST)
LONGEST_SUBJECT = 60
MASKED = "••••••••"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One message as it leaves: subject, equal texts in plain and HTML, and the one-click address."""

    subject: str
    text: str
    html: str
    unsubscribe_url: str
    attached: Mapping[str, str] = field(default_factory=dict)


class Links(Protocol):
    """Makes the addresses that stand in a message."""

    def of_message(self, *, kind: LinkKind, message: OutboxMessage) -> str: ...
    def measured(self, *, message: OutboxMessage, leads_to: uuid.UUID) -> str: ...
    def to_withdraw(self, *, permission: Withdrawable) -> str: ...
    def page(self, *, path: str) -> str: ...
    def code(self, *, verification_id: str) -> str: ...


@dataclass(frozen=True, kw_only=True)
class WorkingLinks:
    """Links that work; made only at the moment of sending."""

    public_url: str

    def of_message(self, *, kind: LinkKind, message: OutboxMessage) -> str:
        return self.page(
            path=f"/{kind.value}/{message_token(kind=kind, message_id=message.pk, keys=link_keys())}/"
        )

    def measured(self, *, message: OutboxMessage, leads_to: uuid.UUID) -> str:
        token = measured_token(message_id=message.pk, leads_to=leads_to, keys=link_keys())
        return self.page(path=f"/{LinkKind.SEEN.value}/{token}/")

    def to_withdraw(self, *, permission: Withdrawable) -> str:
        return self.page(path=f"/unsubscribe/{withdrawal_token(permission=permission, keys=link_keys())}/")

    def page(self, *, path: str) -> str:
        return f"{self.public_url.rstrip('/')}{path}"

    def code(self, *, verification_id: str) -> str:
        return code_for(verification=AddressVerification.objects.get(pk=verification_id))


@dataclass(frozen=True, kw_only=True)
class MaskedLinks:
    """Links as staff see them: nobody can confirm in someone's place."""

    public_url: str

    def of_message(self, *, kind: LinkKind, message: OutboxMessage) -> str:
        return self.page(path=f"/{kind.value}/{MASKED}/")

    def measured(self, *, message: OutboxMessage, leads_to: uuid.UUID) -> str:
        return self.page(path=f"/{LinkKind.SEEN.value}/{MASKED}/")

    def to_withdraw(self, *, permission: Withdrawable) -> str:
        return self.page(path=f"/unsubscribe/{MASKED}/")

    def page(self, *, path: str) -> str:
        return f"{self.public_url.rstrip('/')}{path}"

    def code(self, *, verification_id: str) -> str:
        return MASKED


def render(*, message: OutboxMessage, links: Links) -> Rendered:
    """Write a message in its language; raises EvidenceGoneError when its subject was erased."""
    return render_content(message=message, content=outbox.read_content(message=message), links=links)


def render_content(*, message: OutboxMessage, content: dict[str, object], links: Links) -> Rendered:
    """Write a message that says this, whether it stands in the outbox or is only looked at."""
    with translation.override(message.language):
        subject = shorten(text=_subject(message, content))
        unsubscribe_url = _unsubscribe_url(message, content, links)
        context = _context(message, content, links) | {"subject": subject, "withdraw_url": unsubscribe_url}
        template = f"mail/{'letter' if message.kind in LETTERS else message.kind.lower()}"
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    attached = _attached(message, content)
    return Rendered(subject=subject, text=text, html=html, unsubscribe_url=unsubscribe_url, attached=attached)


def render_text(*, message: OutboxMessage, links: Links) -> str:
    """Write a text message in its language, on one line of plain text."""
    return render_text_content(message=message, content=outbox.read_content(message=message), links=links)


def render_text_content(*, message: OutboxMessage, content: dict[str, object], links: Links) -> str:
    """Write a text message that says this, whether it stands in the outbox or is only looked at."""
    code = links.code(verification_id=str(content["verification_id"])) if "verification_id" in content else ""
    with translation.override(message.language):
        stop = {"withdraw_url": _unsubscribe_url(message, content, links)}
        context = _context(message, content, links) | stop | {"code": code}
        text = render_to_string(f"mail/{message.kind.lower()}_sms.txt", context)
    return " ".join(text.split())


def preview(*, message: OutboxMessage, public_url: str) -> Rendered:
    """Show a message as it was sent, with every token and code masked."""
    masked = MaskedLinks(public_url=public_url)
    if message.channel == Channel.SMS:
        text = render_text(message=message, links=masked)
        return Rendered(subject="", text=text, html="", unsubscribe_url="")
    return render(message=message, links=masked)


def shorten(*, text: str) -> str:
    """Cut a subject at a word so that it stays within sixty characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rsplit(" ", 1)[0] + "…"


def _subject(message: OutboxMessage, content: dict[str, object]) -> str:
    if message.kind in SAY_THEIR_SUBJECT:
        return str(content["subject"])
    subjects = {
        Kind.CONFIRM_REQUEST: gettext("Please confirm your choice for %(name)s"),
        Kind.CONFIRMATION: gettext("What you agreed with %(name)s"),
        Kind.RECEIPT: gettext("What changed at %(name)s"),
        Kind.PREFERENCE_LINK: gettext("Your link to your choices at %(name)s"),
        Kind.PRIVACY_CHANGE: gettext("What changed in the privacy statement of %(name)s"),
        Kind.CHECKPOINT: gettext("Today's checkpoint of the ledger of %(name)s"),
    }
    return subjects[Kind(message.kind)] % {"name": message.legal_entity.name}


def _attached(message: OutboxMessage, content: dict[str, object]) -> dict[str, str]:
    """The checkpoint as a file too: mail programs break lines, and a signature holds to the letter."""
    if message.kind != Kind.CHECKPOINT:
        return {}
    return {f"checkpoint-{content['tree_size']}.txt": str(content["note"])}


def _unsubscribe_url(message: OutboxMessage, content: dict[str, object], links: Links) -> str:
    if message.contact_point is None:
        return ""
    return links.to_withdraw(permission=_withdrawable(message, content))


def _withdrawable(message: OutboxMessage, content: dict[str, object]) -> Withdrawable:
    """The one-click address stops what the mail is about, or else all mail of this legal entity."""
    about = _purposes(message, content)
    return Withdrawable(
        contact_point_id=message.point.pk,
        legal_entity_id=message.legal_entity_id,
        purpose_id=about[0] if len(about) == 1 else None,
        channel=message.channel,
    )


def _purposes(message: OutboxMessage, content: dict[str, object]) -> list[uuid.UUID]:
    """What a campaign is for, or the permissions that a mail tells of on its own channel."""
    if "purpose_id" in content:
        return [uuid.UUID(str(content["purpose_id"]))]
    permissions = content.get("permissions", [])
    told = permissions if isinstance(permissions, list) else []
    return [outbox.purpose_of(permission=one) for one in told if one["channel"] == message.channel]


def _context(message: OutboxMessage, content: dict[str, object], links: Links) -> dict[str, object]:
    zone = ZoneInfo(message.legal_entity.time_zone)
    moments = {
        name: written_out(moment=datetime.datetime.fromisoformat(str(content[name])), zone=zone)
        for name in ("agreed_at", "confirmed_at", "changed_at", "in_force_at", "sealed_at")
        if content.get(name)
    }
    return {
        **content,
        **moments,
        **_measured(message, content, links),
        "entity": message.legal_entity,
        "permissions": content.get("permissions", []),
        "confirm_url": links.of_message(kind=LinkKind.CONFIRM, message=message),
        "open_url": links.of_message(kind=LinkKind.PREFERENCES, message=message),
        "stay_url": links.of_message(kind=LinkKind.STAY, message=message),
        "preferences_url": "" if message.kind in WITHOUT_PREFERENCES else links.page(path="/preferences/"),
        "privacy_url": links.page(path=f"/privacy/{message.legal_entity.code}/"),
        "changes_url": links.page(path=str(content.get("changes_path", ""))),
        "page_url": links.page(path=str(content["page"])) if content.get("page") else "",
        "lines": [{**line, "url": links.page(path=line["path"])} for line in _lines(content)],
        "ledger_url": links.page(path="/ledger/"),
        "withdraw_label": gettext("Stop these messages, or all messages"),
    }


def _measured(message: OutboxMessage, content: dict[str, object], links: Links) -> dict[str, object]:
    """The button of a campaign, where whoever gets it permitted that following it is counted."""
    if "counted_for" not in content:
        return {}
    leads_to = uuid.UUID(str(content["counted_for"]))
    return {"link_url": links.measured(message=message, leads_to=leads_to)}


def _lines(content: dict[str, object]) -> list[dict[str, str]]:
    lines = content.get("lines", [])
    return lines if isinstance(lines, list) else []


def written_out(*, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
    """Write a moment in full, in the reader's language and the legal entity's zone."""
    local = moment.astimezone(zone)
    return gettext("%(date)s at %(time)s") % {
        "date": date_format(local, "j F Y"),
        "time": date_format(local, "H:i"),
    }
