from consent.models.acts import GRANTS, Act, Actor, Collector, Grade, Method, Source, Status
from consent.models.api_key import ApiKey, Scope
from consent.models.call_desk import CallList, CallListEntry, DeskLookup, ShownContact
from consent.models.collection_point import CollectionChoice, CollectionField, CollectionPoint, ShownForm
from consent.models.contact_attempt import ContactAttempt
from consent.models.job import Job
from consent.models.ledger import ConsentEvent, ConsentRecord, Evidence, SubjectKey
from consent.models.link_request import LinkRequest
from consent.models.notice import Notice, NoticeVersion, PrivacyStatementVersion
from consent.models.operation import Heartbeat, RateCount
from consent.models.outbox import AddressVerification, OutboxMessage
from consent.models.policies import CallingPolicy, DayOfMourning, HousePolicy, OptionalDay, Weekday
from consent.models.purpose import BalancingTest, Channel, ContentKind, Purpose, ServiceTest
from consent.models.screening import ScreeningBlock, ScreeningRun
from consent.models.stops import DoNotCallRegistration, DoNotCallSnapshot, Objection, Restriction, Suppression
from consent.models.wording import Wording, WordingField, in_language

__all__ = [
    "GRANTS",
    "Act",
    "Actor",
    "AddressVerification",
    "ApiKey",
    "BalancingTest",
    "CallList",
    "CallListEntry",
    "CallingPolicy",
    "Channel",
    "CollectionChoice",
    "CollectionField",
    "CollectionPoint",
    "Collector",
    "ConsentEvent",
    "ConsentRecord",
    "ContactAttempt",
    "ContentKind",
    "DayOfMourning",
    "DeskLookup",
    "DoNotCallRegistration",
    "DoNotCallSnapshot",
    "Evidence",
    "Grade",
    "Heartbeat",
    "HousePolicy",
    "Job",
    "LinkRequest",
    "Method",
    "Notice",
    "NoticeVersion",
    "Objection",
    "OptionalDay",
    "OutboxMessage",
    "PrivacyStatementVersion",
    "Purpose",
    "RateCount",
    "Restriction",
    "Scope",
    "ScreeningBlock",
    "ScreeningRun",
    "ServiceTest",
    "ShownContact",
    "ShownForm",
    "Source",
    "Status",
    "SubjectKey",
    "Suppression",
    "Weekday",
    "Wording",
    "WordingField",
    "in_language",
]
