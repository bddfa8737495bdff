import enum
from collections.abc import Mapping

from customers.models import StaffMember

Role = StaffMember.Role


class Right(enum.StrEnum):
    """What somebody may do with the rows of an area."""

    VIEW = "view"
    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


class Area(enum.StrEnum):
    """One kind of thing that staff work with."""

    ORGANISATION = "organisation"
    LEGAL_ENTITIES = "legal entities"
    DEPARTMENTS = "departments"
    STAFF = "staff"
    PEOPLE = "people"
    RELATIONS = "relations"
    WORDING = "wording"
    COLLECTION = "collection"
    POLICIES = "policies"
    PROCESSORS = "processors"
    PROCESSING = "records of processing"
    PERMISSIONS = "permissions"
    STOPS = "stops"
    LEDGER = "ledger"
    EVIDENCE = "evidence"
    MESSAGES = "messages"
    CALLS = "calls"
    CALL_LISTS = "call lists"
    SCREENINGS = "screenings"
    JOBS = "jobs"
    LOOKUPS = "look-ups"
    STAFF_ACTS = "acts of staff"
    REQUESTS = "rights requests"
    INCIDENTS = "data breaches"
    BEHAVIOUR = "behaviour"
    SCORE_MODELS = "score models"
    SCORES = "scores"
    CAMPAIGNS = "campaigns"
    JOURNEYS = "journeys"
    API_KEYS = "API keys"
    OPERATION = "operation"
    MACHINERY = "machinery"


class Duty(enum.StrEnum):
    """One act that staff do for somebody, or that somebody must answer for."""

    RECORD_OBJECTION = "record an objection"
    WITHDRAW = "withdraw a permission"
    VERIFY_NUMBER = "verify a number by call-back"
    ADD_ADDRESS = "add an address"
    RECORD_PERMISSION = "record a permission"
    RECORD_TRANSACTION = "record a transaction"
    EXTEND_TERM = "extend the term of a relation"
    RESTRICT = "restrict processing"
    SUPPRESS = "block an address"
    LIFT_BLOCK = "take a block of an address away"
    READ_EVIDENCE = "read evidence"
    EXPORT_EVIDENCE = "export evidence"
    APPROVE_CAPTION = "approve a caption"
    PUBLISH_WORDING = "publish a notice or privacy statement"
    PUBLISH_FORM = "publish a collection point"
    SEND_AGAIN = "send a message again"
    DECIDE_ON_HELD = "release or drop messages held after a restore"
    SEE_AUDIENCES = "see whom we may reach"
    MAKE_CALLS = "make calls at the call desk"
    ANSWER_CALLS = "answer people at the inbound desk"
    SCREEN_LIST = "screen a list"
    MANAGE_CALL_LISTS = "open, close and script a call list"
    CORRECT_OBJECTION = "take back an objection that was recorded by mistake"
    MANAGE_ENDPOINTS = "say who outside is told, and tell again"
    MANAGE_API_KEYS = "make, rotate and revoke API keys"
    SET_POLICY = "adopt or end a policy of the house"
    LOAD_DO_NOT_CALL = "load a do-not-call-me list"
    ENTER_REQUEST = "write down a rights request"
    HANDLE_BREACH = "keep and take out the people of a data breach"
    PUBLISH_SCORES = "publish a version of a score model"
    ANSWER_REQUEST = "answer a rights request, also by erasing somebody"
    SEND_CAMPAIGN = "start a campaign"
    STOP_CAMPAIGN = "pause, resume and end a campaign"
    TAKE_UP_DATA = "take up a list of what people do or are"


NOTHING: frozenset[Right] = frozenset()
READ = frozenset({Right.VIEW})
# Rows that are never overwritten: another one is added.
ADOPT = frozenset({Right.VIEW, Right.ADD})
MAKE = frozenset({Right.VIEW, Right.ADD, Right.CHANGE})
DRAFT = frozenset({Right.VIEW, Right.ADD, Right.CHANGE, Right.DELETE})

# Rows that are only ever added, or that follow from the ledger: nobody edits them, whatever the role.
READ_ONLY_AREAS = frozenset(
    {
        Area.PERMISSIONS,
        Area.STOPS,
        Area.LEDGER,
        Area.EVIDENCE,
        Area.MESSAGES,
        Area.CALLS,
        Area.CALL_LISTS,
        Area.SCREENINGS,
        Area.JOBS,
        Area.LOOKUPS,
        Area.STAFF_ACTS,
        Area.REQUESTS,
        Area.BEHAVIOUR,
        Area.SCORES,
        Area.API_KEYS,
        Area.OPERATION,
        Area.MACHINERY,
    }
)

RIGHTS: Mapping[str, Mapping[Area, frozenset[Right]]] = {
    Role.MARKETING: {
        Area.LEGAL_ENTITIES: READ,
        Area.DEPARTMENTS: READ,
        Area.PEOPLE: MAKE,
        Area.RELATIONS: READ,
        Area.WORDING: DRAFT,
        Area.COLLECTION: DRAFT,
        Area.POLICIES: READ,
        Area.PROCESSORS: READ,
        Area.PROCESSING: READ,
        Area.PERMISSIONS: READ,
        Area.STOPS: READ,
        Area.LEDGER: READ,
        Area.MESSAGES: READ,
        Area.CALLS: READ,
        Area.CALL_LISTS: READ,
        Area.SCREENINGS: READ,
        Area.JOBS: READ,
        Area.BEHAVIOUR: READ,
        Area.SCORE_MODELS: DRAFT,
        Area.SCORES: READ,
        Area.CAMPAIGNS: DRAFT,
        Area.JOURNEYS: DRAFT,
    },
    Role.CALL_AGENT: {Area.PEOPLE: READ, Area.PERMISSIONS: READ, Area.CALLS: READ},
    Role.DPO: {
        **{area: READ for area in Area if area is not Area.MACHINERY},
        Area.WORDING: DRAFT,
        Area.POLICIES: ADOPT,
        Area.PROCESSORS: MAKE,
        Area.PROCESSING: MAKE,
        Area.DEPARTMENTS: MAKE,
        Area.INCIDENTS: MAKE,
    },
    Role.ADMINISTRATOR: {
        Area.ORGANISATION: READ,
        Area.LEGAL_ENTITIES: MAKE,
        Area.DEPARTMENTS: MAKE,
        Area.STAFF: MAKE,
        Area.STAFF_ACTS: READ,
        Area.API_KEYS: READ,
        Area.SCREENINGS: READ,
        Area.JOBS: READ,
        Area.POLICIES: ADOPT,
        Area.PROCESSORS: READ,
        Area.PROCESSING: READ,
        Area.OPERATION: READ,
    },
    Role.AUDITOR: {area: READ for area in Area if area is not Area.MACHINERY},
}

DUTIES: Mapping[str, frozenset[Duty]] = {
    Role.MARKETING: frozenset(
        {
            Duty.RECORD_OBJECTION,
            Duty.WITHDRAW,
            Duty.VERIFY_NUMBER,
            Duty.ADD_ADDRESS,
            Duty.RECORD_PERMISSION,
            Duty.RECORD_TRANSACTION,
            Duty.PUBLISH_FORM,
            Duty.SEND_AGAIN,
            Duty.SEE_AUDIENCES,
            Duty.ANSWER_CALLS,
            Duty.MANAGE_CALL_LISTS,
            Duty.SCREEN_LIST,
            Duty.LOAD_DO_NOT_CALL,
            Duty.ENTER_REQUEST,
            Duty.SEND_CAMPAIGN,
            Duty.STOP_CAMPAIGN,
            Duty.PUBLISH_SCORES,
            Duty.TAKE_UP_DATA,
        }
    ),
    Role.CALL_AGENT: frozenset(
        {
            Duty.RECORD_OBJECTION,
            Duty.WITHDRAW,
            Duty.VERIFY_NUMBER,
            Duty.MAKE_CALLS,
            Duty.ANSWER_CALLS,
            Duty.ENTER_REQUEST,
        }
    ),
    # Who watches over the calls and campaigns does not make them, nor chooses who gets them.
    Role.DPO: frozenset(Duty)
    - {
        Duty.RECORD_TRANSACTION,
        Duty.MAKE_CALLS,
        Duty.MANAGE_CALL_LISTS,
        Duty.MANAGE_API_KEYS,
        Duty.SEND_CAMPAIGN,
        Duty.TAKE_UP_DATA,
    },
    Role.ADMINISTRATOR: frozenset(
        {
            Duty.MANAGE_API_KEYS,
            Duty.MANAGE_ENDPOINTS,
            Duty.SET_POLICY,
            Duty.SCREEN_LIST,
            Duty.DECIDE_ON_HELD,
        }
    ),
    Role.AUDITOR: frozenset({Duty.READ_EVIDENCE, Duty.SEE_AUDIENCES}),
}


def rights_of(*, staff: StaffMember, area: Area) -> frozenset[Right]:
    """Say what somebody may do in an area; even a superuser only reads what is never edited."""
    if not staff.is_active:
        return NOTHING
    if staff.is_superuser:
        return READ if area in READ_ONLY_AREAS else DRAFT
    return RIGHTS.get(staff.role, {}).get(area, NOTHING)


def has_duty(*, staff: StaffMember, duty: Duty) -> bool:
    """Say whether somebody may do this act."""
    return staff.is_active and (staff.is_superuser or duty in DUTIES.get(staff.role, frozenset()))


def roles_to_give(*, staff: StaffMember) -> list[str]:
    """List the roles that somebody may give.

    An administrator cannot make an account that reads evidence, nor take one over: that would be a way
    around the rule that administrators do not see it.
    """
    if staff.is_superuser:
        return list(Role.values)
    if staff.role != Role.ADMINISTRATOR:
        return []
    return [role for role in Role.values if Duty.READ_EVIDENCE not in DUTIES[role]]


def may_manage(*, staff: StaffMember, other: StaffMember) -> bool:
    """Say whether somebody may change an account: not their own, a superuser's or one that reads evidence."""
    if staff.is_superuser:
        return True
    return (
        Right.CHANGE in rights_of(staff=staff, area=Area.STAFF)
        and not other.is_superuser
        and other.pk != staff.pk
        and other.organisation_id == staff.organisation_id
        and other.role in roles_to_give(staff=staff)
    )
