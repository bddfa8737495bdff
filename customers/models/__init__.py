from customers.models.contact import Contact, ContactPoint, LegalForm
from customers.models.department import Department
from customers.models.keys import uuid7
from customers.models.organisation import (
    CallerNumber,
    Country,
    Language,
    LegalEntity,
    Organisation,
    ProductGroup,
    ProductSimilarity,
)
from customers.models.relation import (
    RELATION_MONTHS,
    Collection,
    CustomerRelation,
    RelationKind,
    TermExtension,
    Transaction,
)
from customers.models.staff_act import StaffAct
from customers.models.staff_member import StaffMember
from customers.models.standing import FormerStanding

__all__ = [
    "RELATION_MONTHS",
    "CallerNumber",
    "Collection",
    "Contact",
    "ContactPoint",
    "Country",
    "CustomerRelation",
    "Department",
    "FormerStanding",
    "Language",
    "LegalEntity",
    "LegalForm",
    "Organisation",
    "ProductGroup",
    "ProductSimilarity",
    "RelationKind",
    "StaffAct",
    "StaffMember",
    "TermExtension",
    "Transaction",
    "uuid7",
]
