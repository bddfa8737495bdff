from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from consent.models import Processor, SubProcessor, TransferGround
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
LIST = list_of(Processor)
ADD = reverse("admin:consent_processor_add")


@pytest.fixture
def shop() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


def member(entity: LegalEntity, role: Role, *, only: list[LegalEntity] | None = None) -> StaffMember:
    return make.staff_member(
        organisation=entity.organisation, username="lid", role=role, legal_entities=only or []
    )


def typed(entity: LegalEntity, **changes: Any) -> dict[str, Any]:
    return {
        "organisation": entity.organisation_id,
        "name": "Bezorgd Mail B.V.",
        "role": "PROCESSOR",
        "service": "Verstuurt de nieuwsbrieven",
        "legal_entities": [entity.pk],
        "contact_email": "privacy@bezorgd.example.com",
        "data": ["NAMES", "EMAIL"],
        "country": "NL",
        "transfer_ground": "NONE",
        "agreement_reference": "VO-2024-11",
        "agreed_date": "2024-01-01",
        "in_use_from_date": "2024-01-01",
        "review_date": "2026-12-01",
        "sub_processors-TOTAL_FORMS": 1,
        "sub_processors-INITIAL_FORMS": 0,
        "sub_processors-0-name": "Cloud Rack Inc.",
        "sub_processors-0-service": "Servers",
        "sub_processors-0-country": "US",
        "sub_processors-0-transfer_ground": "ADEQUACY",
        **changes,
    }


def test_officer_registers_a_processor_with_its_sub_processor(shop: LegalEntity) -> None:
    client = signed_in(member(shop, Role.DPO))

    answer = client.post(ADD, typed(shop))

    assert answer.status_code == 302
    processor = Processor.objects.get()
    assert list(processor.legal_entities.all()) == [shop]
    assert processor.sub_processors.get().country == "US"


@pytest.mark.parametrize("role", [Role.MARKETING, Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_read_the_register_and_change_nothing(shop: LegalEntity, role: Role) -> None:
    processor = make.processor(legal_entities=[shop])
    client = signed_in(member(shop, role))

    read = client.get(page_of(processor, "change"))
    added = client.post(ADD, typed(shop, name="Ander"))
    changed = client.post(page_of(processor, "change"), typed(shop, name="Ander"))

    assert [read.status_code, added.status_code, changed.status_code] == [200, 403, 403]


def test_call_agent_does_not_see_the_register(shop: LegalEntity) -> None:
    assert signed_in(member(shop, Role.CALL_AGENT)).get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "US"}, "__all__"),
        ({"transfer_ground": "CLAUSES"}, "__all__"),
        ({"country": "XX"}, "country"),
        ({"country": "nl"}, "country"),
        ({"data": []}, "data"),
        ({"legal_entities": []}, "legal_entities"),
        ({"agreement_until_date": "2023-12-31"}, "__all__"),
        ({"agreed_date": "", "agreement_until_date": "2026-12-31"}, "__all__"),
        ({"in_use_until_date": "2023-12-31"}, "__all__"),
    ],
)
def test_what_cannot_be_is_refused(shop: LegalEntity, changes: dict[str, Any], field: str) -> None:
    answer = signed_in(member(shop, Role.DPO)).post(ADD, typed(shop, **changes))

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]


def test_database_refuses_a_transfer_without_a_ground(shop: LegalEntity) -> None:
    with pytest.raises(IntegrityError, match="processor_transfer_has_its_ground"), transaction.atomic():
        make.processor(legal_entities=[shop], country="US")


def test_sub_processor_outside_needs_a_ground_too(shop: LegalEntity) -> None:
    part = SubProcessor(
        processor=make.processor(legal_entities=[shop]), name="Rack", service="Servers", country="US"
    )

    with pytest.raises(ValidationError, match="ground for the transfer"):
        part.full_clean()


def test_officer_of_one_legal_entity_does_not_change_what_others_share(shop: LegalEntity) -> None:
    sister = make.legal_entity(organisation=shop.organisation, code="zuster", name="Zuster N.V.")
    shared = make.processor(legal_entities=[shop, sister])
    own = make.processor(legal_entities=[shop], name="Eigen")
    client = signed_in(member(shop, Role.DPO, only=[shop]))

    pages = [client.get(page_of(row, "change")).context["has_change_permission"] for row in (shared, own)]

    assert pages == [False, True]


def test_register_of_another_legal_entity_stays_closed(shop: LegalEntity) -> None:
    sister = make.legal_entity(organisation=shop.organisation, code="zuster", name="Zuster N.V.")
    hidden = make.processor(legal_entities=[sister])
    client = signed_in(member(shop, Role.DPO, only=[shop]))

    listed = client.get(LIST)

    assert list(listed.context["cl"].queryset) == []
    assert client.get(page_of(hidden, "change")).status_code == 302


def test_within_the_european_economic_area_nothing_more_is_asked(shop: LegalEntity) -> None:
    processor = make.processor(legal_entities=[shop], country="IS", agreement_until_date=date(2027, 1, 1))

    assert processor.transfer_ground == TransferGround.NONE
