import pytest
from django.urls import reverse

from customers.models import Department, Organisation, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
LIST = "admin:customers_department_changelist"


@pytest.fixture
def huisgroep() -> Organisation:
    return make.organisation()


@pytest.mark.parametrize("role", [Role.DPO, Role.ADMINISTRATOR])
def test_officer_and_administrator_make_a_department(huisgroep: Organisation, role: Role) -> None:
    member = make.staff_member(organisation=huisgroep, role=role)
    form = {"organisation": huisgroep.pk, "name": "Winkels", "language": "en", "gets_digest": "on"}

    answer = signed_in(member).post(reverse("admin:customers_department_add"), form)

    made = Department.objects.get()
    assert answer.status_code == 302
    assert (made.organisation, made.name, made.language, made.gets_digest) == (
        huisgroep,
        "Winkels",
        "en",
        True,
    )


def test_officer_switches_the_digest_of_a_department_off(huisgroep: Organisation) -> None:
    marketing = make.department(organisation=huisgroep)
    officer = make.staff_member(organisation=huisgroep, role=Role.DPO)
    form = {"name": marketing.name, "email": marketing.email, "language": "nl"}

    signed_in(officer).post(reverse("admin:customers_department_change", args=[marketing.pk]), form)

    marketing.refresh_from_db()
    assert marketing.gets_digest is False


def test_staff_of_one_legal_entity_see_no_department_of_another_alone(huisgroep: Organisation) -> None:
    own = make.legal_entity(organisation=huisgroep)
    sister = make.legal_entity(organisation=huisgroep, code="stroomkring", name="Stroomkring N.V.")
    make.department(organisation=huisgroep, name="Winkels", legal_entities=[own, sister])
    make.department(organisation=huisgroep, name="Stroom", legal_entities=[sister])
    make.department(organisation=huisgroep, name="Marketing")
    limited = make.staff_member(organisation=huisgroep, role=Role.AUDITOR, legal_entities=[own])

    listed = signed_in(limited).get(reverse(LIST)).context["cl"].result_list

    assert [department.name for department in listed] == ["Marketing", "Winkels"]
