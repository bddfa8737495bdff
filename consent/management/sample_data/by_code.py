"""Finding the rows of the sample by their fixed codes."""

from consent.models import CollectionPoint, NoticeVersion, Purpose
from customers.models import Department, LegalEntity, ProductGroup, StaffMember


def find_entity(*, code: str) -> LegalEntity:
    return LegalEntity.objects.select_related("organisation").get(code=code)


def find_purpose(*, entity: LegalEntity, code: str) -> Purpose:
    return Purpose.objects.get(organisation=entity.organisation_id, code=code)


def find_department(*, entity: LegalEntity, name: str) -> Department:
    return Department.objects.get(organisation=entity.organisation_id, name=name)


def find_group(*, entity: LegalEntity, code: str) -> ProductGroup:
    return ProductGroup.objects.get(legal_entity=entity, code=code)


def find_notice(*, entity: LegalEntity, code: str) -> NoticeVersion:
    versions = NoticeVersion.objects.select_related("notice__purpose", "notice__legal_entity__organisation")
    return versions.get(notice__legal_entity=entity, notice__code=code, number=1)


def find_collection_point(*, code: str) -> CollectionPoint:
    points = CollectionPoint.objects.select_related(
        "legal_entity__organisation", "privacy_statement", "soft_optin_notice", "product_group"
    )
    return points.get(code=code)


def find_agent(*, entity: LegalEntity) -> StaffMember:
    return StaffMember.objects.get(
        organisation=entity.organisation_id, role=StaffMember.Role.CALL_AGENT, legal_entities__isnull=True
    )


def find_officer(*, entity: LegalEntity) -> StaffMember:
    return StaffMember.objects.get(organisation=entity.organisation_id, role=StaffMember.Role.DPO)
