"""What stands on the page of one event."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models.options import Options
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin.badge import ALLOWED, OF_SEAL, STOPPED, Look, look
from consent.domain.ledger.evidence import EvidenceBrokenError, EvidenceGoneError, open_evidence
from consent.domain.notices import hash_texts, texts_of
from consent.domain.proof_words import in_words, spread
from consent.domain.seal.states import Sealing, sealing_of
from consent.models import (
    CollectionPoint,
    ConsentEvent,
    NoticeVersion,
    OutboxMessage,
    PrivacyStatementVersion,
    ShownForm,
    in_language,
)
from customers.models import Contact, ContactPoint, CustomerRelation, StaffMember, Transaction

GROUPS: tuple[tuple[StrPromise, tuple[str, ...]], ...] = (
    (_("What happened"), ("act", "status", "legal_entity_id", "purpose_id", "channel", "refers_to_id")),
    (_("Who"), ("subject_id", "contact_point_id", "actor", "staff_id", "address_hash", "hash_key_version")),
    (_("When"), ("occurred_at", "proven", "recorded_at")),
    (_("Where and how"), ("source", "method", "collection_point_id", "collector")),
    (
        _("What was shown"),
        (
            "language",
            "notice_version_id",
            "notice_hash",
            "privacy_statement_id",
            "privacy_statement_hash",
            "shown_form_hash",
        ),
    ),
    (_("How long"), ("valid_until", "uses", "first_contact_due_at")),
    (
        _("Proof"),
        (
            "complete",
            "lacks",
            "grade",
            "reason",
            "transaction_id",
            "relation_id",
            "import_batch_id",
            "evidence_digest",
            "id",
            "sequence",
            "organisation_id",
        ),
    ),
)
TARGETS: dict[str, tuple[str, models.QuerySet[Any]]] = {
    "subject_id": ("customers_contact", Contact.objects.all()),
    "contact_point_id": ("customers_contactpoint", ContactPoint.objects.all()),
    "staff_id": ("customers_staffmember", StaffMember.objects.all()),
    "refers_to_id": ("consent_consentevent", ConsentEvent.objects.all()),
    "collection_point_id": ("consent_collectionpoint", CollectionPoint.objects.all()),
    "notice_version_id": (
        "consent_noticeversion",
        NoticeVersion.objects.select_related("notice__legal_entity", "notice__purpose"),
    ),
    "privacy_statement_id": (
        "consent_privacystatementversion",
        PrivacyStatementVersion.objects.select_related("legal_entity"),
    ),
    "transaction_id": ("customers_transaction", Transaction.objects.all()),
    "relation_id": ("customers_customerrelation", CustomerRelation.objects.select_related("legal_entity")),
}
RELATED = frozenset({"organisation_id", "legal_entity_id", "purpose_id"})


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One field of the leaf: its name, what it says, and the page behind it."""

    name: str
    label: str
    value: str
    url: str = ""
    is_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The decrypted evidence, or the sentence that says why there is none."""

    facts: list[Fact] = field(default_factory=list)
    sentence: str | StrPromise = ""


@dataclass(frozen=True, kw_only=True)
class ShownWording:
    """The wording a person was shown, and whether it is still what the leaf names."""

    version: NoticeVersion
    text: str
    withdrawal: str
    language: str
    check: Look
    form: ShownForm | None


def groups_of(*, event: ConsentEvent, options: Options[Any]) -> list[tuple[StrPromise, list[Fact]]]:
    return [(title, [_fact(event, name, options) for name in names]) for title, names in GROUPS]


def proof_of(*, event: ConsentEvent) -> Proof:
    if not event.evidence_digest:
        return Proof(sentence=_("This event has no personal part."))
    try:
        opened = open_evidence(event=event)
    except EvidenceGoneError:
        return Proof(sentence=_("The evidence was erased. The event and its digest stay."))
    except EvidenceBrokenError:
        return Proof(sentence=_("The evidence is broken: it is not what the ledger holds the digest of."))
    return Proof(
        facts=[Fact(name=one.path, label=one.label, value=one.value) for one in spread(proof=opened)]
    )


def wording_of(*, event: ConsentEvent) -> ShownWording | None:
    if event.notice_version_id is None:
        return None
    version = NoticeVersion.objects.get(pk=event.notice_version_id)
    same = hash_texts(texts=texts_of(version=version)) == event.notice_hash
    form = ShownForm.objects.filter(
        content_hash=event.shown_form_hash, collection_point=event.collection_point_id
    ).first()
    return ShownWording(
        version=version,
        text=in_language(version.wording, event.language),
        withdrawal=in_language(version.withdrawal, event.language),
        language=event.language,
        check=look(ALLOWED, _("Same as in the ledger"))
        if same
        else look(STOPPED, _("Differs from the ledger")),
        form=form,
    )


def seal_of(*, event: ConsentEvent) -> tuple[Look, Sealing]:
    sealing = sealing_of(event=event)
    return OF_SEAL[sealing.state], sealing


def messages_after(*, event: ConsentEvent) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(event_id=event.pk).order_by("created_at", "pk"))


def _fact(event: ConsentEvent, name: str, options: Options[Any]) -> Fact:
    stored: Any = options.get_field(name.removesuffix("_id") if name in RELATED else name)
    value, label = getattr(event, name), str(stored.verbose_name)
    if name in RELATED:
        target = getattr(event, name.removesuffix("_id"))
        return Fact(name=name, label=label, value=str(target) if target else str(_("All")))
    if value and name in TARGETS:
        return _link(name, label, value)
    if stored.choices:
        shown = getattr(event, f"get_{name}_display")()
        return Fact(name=name, label=label, value=in_words(shown))
    return Fact(name=name, label=label, value=in_words(value), is_key=_is_key(name, value))


def _link(name: str, label: str, key: uuid.UUID) -> Fact:
    page, rows = TARGETS[name]
    row = rows.filter(pk=key).first()
    if row is None:
        return Fact(name=name, label=label, value=str(key), is_key=True)
    return Fact(name=name, label=label, value=str(row), url=reverse(f"admin:{page}_change", args=[key]))


def _is_key(name: str, value: object) -> bool:
    return isinstance(value, uuid.UUID) or name.endswith(("_hash", "_digest"))
