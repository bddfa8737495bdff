from consent.models.acts import GRANTS, Act, Actor, Collector, Grade, Method, Source, Status
from consent.models.api_key import ApiKey, Scope
from consent.models.audience_file import AudienceFile, AudiencePart
from consent.models.call_desk import CallList, CallListEntry, DeskLookup, ShownContact
from consent.models.collection_point import CollectionChoice, CollectionField, CollectionPoint, ShownForm
from consent.models.contact_attempt import ContactAttempt
from consent.models.disclosure import Disclosure
from consent.models.evidence_export import EvidenceExport, EvidenceFile, EvidencePart
from consent.models.figure import Digest, Figure, FigureMark
from consent.models.impact_assessment import ImpactAssessment
from consent.models.incident import Incident, IncidentPerson
from consent.models.incident_letter import IncidentLetter, IncidentNotice
from consent.models.job import Job
from consent.models.kept_data import KeptData
from consent.models.ledger import ConsentEvent, ConsentRecord, Evidence, SubjectKey
from consent.models.link_request import LinkRequest
from consent.models.notice import Notice, NoticeVersion
from consent.models.notification import (
    TOPICS_TO_CHOOSE,
    DeliveryAttempt,
    Endpoint,
    EndpointSecret,
    Notification,
    Topic,
)
from consent.models.operation import Heartbeat, RateCount, SettingsRevision
from consent.models.outbox import AddressVerification, OutboxMessage
from consent.models.policies import CallingPolicy, DayOfMourning, HousePolicy, OptionalDay, Weekday
from consent.models.privacy_statement import (
    PrivacyStatementVersion,
    StatementAnnouncement,
    StatementPart,
    StatementQuerySet,
)
from consent.models.processor import EEA, DataKind, Processor, SubProcessor, TransferGround
from consent.models.purpose import BalancingTest, Channel, ContentKind, Purpose, ServiceTest
from consent.models.ready import ReadyAddress, ReadyChange
from consent.models.retention_term import RetentionTerm
from consent.models.rights_request import RightsRequest, RightsStep
from consent.models.screening import ScreeningBlock, ScreeningRun
from consent.models.seal import Checkpoint, LedgerLeaf, SealMark, TreeNode
from consent.models.security_measures import SecurityMeasures
from consent.models.stops import DoNotCallRegistration, DoNotCallSnapshot, Objection, Restriction, Suppression
from consent.models.wording import Wording, WordingField, in_language

__all__ = [
    "EEA",
    "GRANTS",
    "TOPICS_TO_CHOOSE",
    "Act",
    "Actor",
    "AddressVerification",
    "ApiKey",
    "AudienceFile",
    "AudiencePart",
    "BalancingTest",
    "CallList",
    "CallListEntry",
    "CallingPolicy",
    "Channel",
    "Checkpoint",
    "CollectionChoice",
    "CollectionField",
    "CollectionPoint",
    "Collector",
    "ConsentEvent",
    "ConsentRecord",
    "ContactAttempt",
    "ContentKind",
    "DataKind",
    "DayOfMourning",
    "DeliveryAttempt",
    "DeskLookup",
    "Digest",
    "Disclosure",
    "DoNotCallRegistration",
    "DoNotCallSnapshot",
    "Endpoint",
    "EndpointSecret",
    "Evidence",
    "EvidenceExport",
    "EvidenceFile",
    "EvidencePart",
    "Figure",
    "FigureMark",
    "Grade",
    "Heartbeat",
    "HousePolicy",
    "ImpactAssessment",
    "Incident",
    "IncidentLetter",
    "IncidentNotice",
    "IncidentPerson",
    "Job",
    "KeptData",
    "LedgerLeaf",
    "LinkRequest",
    "Method",
    "Notice",
    "NoticeVersion",
    "Notification",
    "Objection",
    "OptionalDay",
    "OutboxMessage",
    "PrivacyStatementVersion",
    "Processor",
    "Purpose",
    "RateCount",
    "ReadyAddress",
    "ReadyChange",
    "Restriction",
    "RetentionTerm",
    "RightsRequest",
    "RightsStep",
    "Scope",
    "ScreeningBlock",
    "ScreeningRun",
    "SealMark",
    "SecurityMeasures",
    "ServiceTest",
    "SettingsRevision",
    "ShownContact",
    "ShownForm",
    "Source",
    "StatementAnnouncement",
    "StatementPart",
    "StatementQuerySet",
    "Status",
    "SubProcessor",
    "SubjectKey",
    "Suppression",
    "Topic",
    "TransferGround",
    "TreeNode",
    "Weekday",
    "Wording",
    "WordingField",
    "in_language",
]
