"""Who answers for what in the organisations of the sample."""

from typing import Final

from customers.models import Department, Organisation

CUSTOMER_SERVICE: Final = "Klantenservice"
# The department of each organisation that asks people for permission.
OF_MARKETING: Final = {
    "harthulp": "Fondsenwerving",
    "bosvogels": "Ledenwerving",
    "dagpost": "Lezersmarkt",
    "huisgroep": "Marketing",
    "geluksloterij": "Marketing",
    "werkplaats": "Werving",
    "belgaboek": "Marketing",
}


def load_departments() -> None:
    """Give each organisation two departments; customer service looks after people, requests and messages."""
    for organisation in Organisation.objects.filter(code__in=OF_MARKETING).order_by("code", "pk"):
        _add(organisation, OF_MARKETING[organisation.code])
        service = _add(organisation, CUSTOMER_SERVICE)
        service.legal_entities.set(organisation.legal_entities.all())


def _add(organisation: Organisation, name: str) -> Department:
    address = f"{name.lower()}@{organisation.code}.example.org"
    return Department.objects.create(organisation=organisation, name=name, email=address)
