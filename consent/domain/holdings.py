"""The tables of this app that can say something about a person, in the order in which they are taken away."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from consent.models import (
    AddressVerification,
    ApiKey,
    AudienceFile,
    AudiencePart,
    BalancingTest,
    CallingPolicy,
    CallList,
    CallListEntry,
    Checkpoint,
    CollectionChoice,
    CollectionField,
    CollectionPoint,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    DayOfMourning,
    DeliveryAttempt,
    DeskLookup,
    Digest,
    Disclosure,
    DoNotCallRegistration,
    DoNotCallSnapshot,
    Endpoint,
    EndpointSecret,
    Evidence,
    EvidenceExport,
    EvidenceFile,
    EvidencePart,
    Figure,
    FigureMark,
    Heartbeat,
    HousePolicy,
    ImpactAssessment,
    Incident,
    IncidentLetter,
    IncidentNotice,
    IncidentPerson,
    Job,
    KeptData,
    LedgerLeaf,
    LinkRequest,
    Notice,
    NoticeVersion,
    Notification,
    Objection,
    OutboxMessage,
    PrivacyStatementVersion,
    Processor,
    Purpose,
    RateCount,
    ReadyAddress,
    ReadyChange,
    Restriction,
    RetentionTerm,
    RightsRequest,
    RightsStep,
    ScreeningBlock,
    ScreeningRun,
    SealMark,
    SecurityMeasures,
    ServiceTest,
    SettingsRevision,
    ShownContact,
    ShownForm,
    StatementAnnouncement,
    SubjectKey,
    SubProcessor,
    Suppression,
    TreeNode,
)
from customers.domain import holdings as customers
from customers.domain.holdings import Fate, Holding

HOLDINGS: Final = (
    Holding(
        model=ShownContact,
        title=_("When you were shown to a call agent"),
        fate=Fate.DELETED,
        found_by="entry__contact",
        told=("shown_at", "code"),
    ),
    Holding(
        model=CallListEntry,
        title=_("Call lists you stand on"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("call_list", "contact_point", "state", "next_try_at", "attempts", "last_outcome", "skip_code"),
    ),
    Holding(
        model=ContactAttempt,
        title=_("When we tried to reach you"),
        fate=Fate.DELETED,
        found_by="contact",
        told=(
            "legal_entity",
            "purpose",
            "channel",
            "contact_point",
            "attempted_at",
            "outcome",
            "number_shown",
            "objection_offered",
            "call_back_at",
            "requested_by_person",
        ),
    ),
    Holding(
        model=DeskLookup,
        title=_("When staff looked you up"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("looked_up_at",),
    ),
    Holding(
        model=AddressVerification,
        title=_("How your number was verified"),
        fate=Fate.DELETED,
        found_by="contact_point__contact",
        told=("contact_point", "legal_entity", "method", "asked_at", "tries", "succeeded_at"),
    ),
    Holding(
        model=OutboxMessage,
        title=_("What we sent you"),
        fate=Fate.DELETED,
        found_by="contact",
        told=(
            "legal_entity",
            "contact_point",
            "channel",
            "kind",
            "language",
            "created_at",
            "sent_at",
            "state",
        ),
    ),
    Holding(
        model=StatementAnnouncement,
        title=_("Changes of privacy statements you were told of"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("statement", "told_at"),
    ),
    Holding(
        model=ReadyAddress,
        title=_("Your addresses with what is known, for lists"),
        fate=Fate.DELETED,
        found_by="contact",
    ),
    Holding(
        model=ReadyChange,
        title=_("What changed since"),
        fate=Fate.STAYS,
        found_by="contact_id",
        why="A bare key and a keyed hash, for seconds: that something changed.",
    ),
    Holding(
        model=ConsentRecord,
        title=_("What you permit"),
        fate=Fate.DELETED,
        found_by="contact",
        told=(
            "legal_entity",
            "purpose",
            "channel",
            "contact_point",
            "status",
            "requested_at",
            "granted_at",
            "withdrawn_at",
            "refused_at",
            "valid_until",
            "uses",
            "uses_spent",
            "grade",
        ),
    ),
    Holding(
        model=Objection,
        title=_("Your objections"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("legal_entity", "purpose", "channel", "objected_at", "retracted_at", "standing"),
    ),
    Holding(
        model=Restriction,
        title=_("Restrictions of processing"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("restricted_at", "lifted_at", "reason"),
    ),
    Holding(
        model=EvidenceExport,
        title=_("Evidence about you that was given out"),
        fate=Fate.EMPTIED,
        found_by="contact_id",
        told=("legal_entity", "exported_at", "formats", "with_evidence"),
        why="Who took evidence out stays known, about a bare key; the reason typed goes (art. 5(2) GDPR).",
    ),
    Holding(
        model=Notification,
        title=_("Whom we told of what you said"),
        fate=Fate.STAYS,
        found_by="contact_id",
        told=("endpoint", "topic", "occurred_at", "told_at", "state"),
        why="That others were told, and when (art. 19 GDPR), about a bare key; what it said is kept nowhere.",
    ),
    Holding(
        model=Disclosure,
        title=_("Lists with you on them that were given out"),
        fate=Fate.STAYS,
        found_by="contact_ids",
        lookup="overlap",
        told=("source", "legal_entity", "purpose", "channel", "disclosed_at"),
        why="Bare keys, for a year: who was on a list that got lost (art. 33 GDPR); the list is gone.",
    ),
    Holding(
        model=IncidentPerson,
        title=_("Data breaches that your data may have been in"),
        fate=Fate.STAYS,
        found_by="contact_id",
        told=("first_at", "last_at"),
        why="A bare key: whom a data breach touched stays documented (art. 33(5) GDPR).",
    ),
    Holding(
        model=IncidentNotice,
        title=_("Data breaches that you were told of"),
        fate=Fate.STAYS,
        found_by="contact_id",
        told=("outcome", "decided_at", "posted_at"),
        why="A bare key: whom we told of a data breach stays documented (art. 33(5) GDPR).",
    ),
    Holding(
        model=KeptData,
        title=_("What is kept after erasure, and why"),
        fate=Fate.STAYS,
        found_by="contact",
        told=("what", "ground", "reason", "keep_until_date", "decided_at", "gone_at"),
        why="Names nobody: which kind of data stays, on what ground, and until when.",
    ),
    Holding(
        model=RightsRequest,
        title=_("What you asked about your data"),
        fate=Fate.STAYS,
        found_by="contact",
        told=("legal_entity", "kind", "source", "received_at", "due_at", "state", "ground", "closed_at"),
        why="That it was asked and answered, and when; what was written is unreadable without the key.",
    ),
    Holding(
        model=RightsStep,
        title=_("What we did about it"),
        fate=Fate.STAYS,
        found_by="request__contact",
        told=("what", "taken_at"),
        why="What was done, by whom and when; what was noted is unreadable without the key.",
    ),
    Holding(model=Evidence, title=_("Proof"), fate=Fate.DELETED, found_by="subject_id"),
    Holding(model=SubjectKey, title=_("The key of your proof"), fate=Fate.DELETED, found_by="subject_id"),
    Holding(
        model=ConsentEvent,
        title=_("Everything that happened"),
        fate=Fate.STAYS,
        found_by="subject_id",
        why="The sealed ledger: bare keys, keyed hashes and salted digests; its proof goes with the key.",
    ),
    Holding(
        model=Suppression,
        title=_("Blocked addresses"),
        fate=Fate.STAYS,
        why="The keyed hash of an address, without which nobody could honour the erasure (art. 17(3)(b)).",
    ),
    Holding(
        model=LinkRequest,
        title=_("Requests for a link"),
        fate=Fate.DELETED,
        why="Found by the address it holds, encrypted; answered within seconds.",
    ),
    Holding(
        model=ScreeningBlock,
        title=_("Lists that were screened"),
        fate=Fate.OWN_TERM,
        why="Encrypted with the key of the run, which is destroyed within a day.",
    ),
    Holding(
        model=EvidencePart,
        title=_("Evidence that is being given out"),
        fate=Fate.OWN_TERM,
        why="Encrypted with the key of the file, which is destroyed a day after it is made.",
    ),
    Holding(
        model=AudiencePart,
        title=_("Lists of people that are being given out"),
        fate=Fate.OWN_TERM,
        why="Encrypted with the key of the file, which is destroyed a day after it is made.",
    ),
    Holding(
        model=DoNotCallRegistration,
        title=_("The do-not-call-me list"),
        fate=Fate.STAYS,
        why="The public register, kept whole because the law has it consulted (art. VI.112 WER).",
    ),
    Holding(
        model=Session,
        title=_("Sessions of staff"),
        fate=Fate.EMPTIED,
        why="A sentence that names the person and waits to be shown to staff.",
    ),
)

NOBODYS: Final[Mapping[type[Model], str]] = {
    ApiKey: "a program",
    AudienceFile: "what list is made, in codes; the people on it are in its parts",
    BalancingTest: "a test of a purpose",
    CallingPolicy: "a rule of the house",
    CallList: "a list; who stands on it is in its entries",
    CollectionChoice: "a part of a form",
    CollectionField: "a part of a form",
    CollectionPoint: "a form",
    Checkpoint: "a count and a hash of the ledger",
    ContentType: "machinery",
    DayOfMourning: "a day",
    DeliveryAttempt: "when a program was tried and what it answered",
    Digest: "that a department was mailed, and about what",
    DoNotCallSnapshot: "a copy of a register, counted",
    Endpoint: "a program outside",
    EndpointSecret: "a secret of a program, encrypted",
    EvidenceFile: "what is exported, in keys and codes; the evidence itself is in its parts",
    Figure: "a count of many",
    FigureMark: "machinery",
    Group: "machinery",
    Heartbeat: "machinery",
    HousePolicy: "a rule of the house",
    ImpactAssessment: "a test of a processing",
    Incident: "what happened; whom it touched stands apart, by key",
    IncidentLetter: "a wording",
    Job: "what to do, in keys, codes and counts",
    LedgerLeaf: "the key and hash of an event",
    LogEntry: "nothing: what staff do is kept as their acts",
    Notice: "a wording",
    NoticeVersion: "a wording",
    Permission: "machinery",
    PrivacyStatementVersion: "a wording",
    Processor: "a company, and whom to write to there",
    Purpose: "a purpose",
    RateCount: "keyed hashes that last minutes",
    RetentionTerm: "a rule of the house",
    ScreeningRun: "counts and hashes; the list itself is in its blocks",
    SealMark: "machinery",
    SecurityMeasures: "a text",
    ServiceTest: "a test of a purpose",
    SettingsRevision: "machinery",
    SubProcessor: "a company",
    ShownForm: "a page as it stood, without what was typed",
    TreeNode: "hashes of the ledger",
}


# Tables of apps above this one: they name their own when they are ready.
_ABOVE: Final[dict[type[Model], Holding | str]] = {}


def join(*, holdings: Iterable[Holding], nobodys: Mapping[type[Model], str]) -> None:
    """Take up the tables of an app above this one, so that the copy and erasure reach them too."""
    _ABOVE.update({holding.model: holding for holding in holdings})
    _ABOVE.update(nobodys)


def taken_away() -> tuple[Holding, ...]:
    """List the tables of this app and those above it, in the order in which their rows are taken away."""
    return (*(held for held in _ABOVE.values() if isinstance(held, Holding)), *HOLDINGS)


def every_holding() -> tuple[Holding, ...]:
    """List every table, of all apps, that can say something about a person."""
    return (*taken_away(), *customers.HOLDINGS)


def every_table_of_nobody() -> Mapping[type[Model], str]:
    """Name every table, of all apps, that says nothing about a person, and what it holds instead."""
    above = {model: held for model, held in _ABOVE.items() if isinstance(held, str)}
    return {**customers.NOBODYS, **NOBODYS, **above}
