import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from consent.models import SecurityMeasures
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.domain.processing.scene import described_shop

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
PAGES = ("processing_record", "processing_record_csv", "processing_record_pdf")


@pytest.fixture
def entity() -> LegalEntity:
    return described_shop()


def as_role(entity: LegalEntity, role: Role, *, legal_entities: tuple[LegalEntity, ...] = ()) -> Client:
    member = make.staff_member(
        organisation=entity.organisation, username=role.value, role=role, legal_entities=legal_entities
    )
    return signed_in(member)


def address(name: str, entity: LegalEntity) -> str:
    return reverse(f"admin:{name}", args=[entity.code])


def test_page_tells_the_record_and_links_what_is_missing(entity: LegalEntity) -> None:
    point = entity.collection_points.get(code="kassa")
    entity.collection_points.filter(pk=point.pk).update(last_reviewed_date=None)

    page = as_role(entity, Role.DPO).get(address("processing_record", entity)).content.decode()

    assert "Collection point “kassa” was never reviewed." in page
    assert reverse("admin:consent_collectionpoint_change", args=[point.pk]) in page
    assert "Wolk Inc.: United States · Adequacy decision (art. 45)" in page
    assert "Two steps to log in." in page


def test_csv_has_a_row_per_activity_and_starts_no_formula(entity: LegalEntity) -> None:
    entity.purposes.filter(code="ideas").update(description={"nl": "=1+1", "en": "=1+1"})

    answer = as_role(entity, Role.DPO).get(address("processing_record_csv", entity))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, *rows = list(csv.reader(io.StringIO(text)))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert head[:4] == ["Controller", "Data protection officer", "Processing", "What for (art. 30(1)(b))"]
    assert rows[0][2:4] == ["light ideas", "'=1+1"]


def test_pdf_is_downloaded(entity: LegalEntity) -> None:
    answer = as_role(entity, Role.AUDITOR).get(address("processing_record_pdf", entity))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_one_legal_entity_needs_no_choice_and_several_do(entity: LegalEntity) -> None:
    officer = as_role(entity, Role.DPO)

    alone = officer.get(reverse("admin:processing_records"))
    make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster B.V.")
    both = officer.get(reverse("admin:processing_records"))

    assert "Processing activities" in alone.content.decode()
    assert address("processing_record", entity) in both.content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [(Role.MARKETING, 200), (Role.AUDITOR, 200), (Role.CALL_AGENT, 403)]
)
@pytest.mark.parametrize("name", PAGES)
def test_record_is_read_by_whoever_has_the_right(
    entity: LegalEntity, name: str, role: Role, status: int
) -> None:
    assert as_role(entity, role).get(address(name, entity)).status_code == status


@pytest.mark.parametrize("name", PAGES)
def test_record_of_another_legal_entity_or_organisation_is_not_there(entity: LegalEntity, name: str) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster B.V.")
    stranger = make.legal_entity(organisation=make.organisation(code="ander"), code="ander-bv", name="Ander")
    limited = as_role(entity, Role.DPO, legal_entities=(sister,))

    answers = [limited.get(address(name, one)).status_code for one in (sister, entity, stranger)]

    assert answers == [200, 404, 404]


def test_text_for_all_is_changed_only_by_who_sees_them_all(entity: LegalEntity) -> None:
    text = SecurityMeasures.objects.get()
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster B.V.")
    limited = as_role(entity, Role.DPO, legal_entities=(sister,))

    page = limited.get(reverse("admin:consent_securitymeasures_change", args=[text.pk]))

    assert page.context["has_change_permission"] is False


@pytest.mark.parametrize("purposes", [1, 3])
def test_page_takes_no_query_more_for_more_purposes(
    entity: LegalEntity, purposes: int, django_assert_num_queries: object
) -> None:
    for number in range(purposes):
        make.purpose(organisation=entity.organisation, legal_entities=[entity], code=f"more-{number}")
    officer = as_role(entity, Role.DPO)

    with django_assert_num_queries(25):  # type: ignore[operator]
        officer.get(address("processing_record", entity))
