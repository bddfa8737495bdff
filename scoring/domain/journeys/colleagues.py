"""Which colleagues see the tasks of a legal entity, and so may be given one."""

from django.db.models import Q, QuerySet

from customers.domain.staff import Area, Right, rights_of
from customers.models import LegalEntity, StaffMember


def may_do_tasks(*, staff: StaffMember) -> bool:
    """Whoever sees and changes journeys does the tasks that they give."""
    return {Right.CHANGE, Right.VIEW} <= rights_of(staff=staff, area=Area.JOURNEYS)


def find_doers(*, legal_entity: LegalEntity) -> QuerySet[StaffMember]:
    """List who of the organisation may do tasks, but for those who look after other legal entities only."""
    roles = [role for role in StaffMember.Role if may_do_tasks(staff=StaffMember(role=role))]
    limited = StaffMember.legal_entities.through.objects.values("staffmember")
    whole = Q(legal_entities=legal_entity) | ~Q(pk__in=limited)
    of_role = StaffMember.objects.filter(role__in=roles, is_active=True, is_superuser=False)
    return of_role.filter(whole, organisation=legal_entity.organisation_id).distinct()
