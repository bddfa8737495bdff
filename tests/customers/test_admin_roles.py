import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from customers.domain.staff import Area, Duty, Right, has_duty, rights_of, roles_to_give
from customers.models import Organisation, StaffMember
from tests import make
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
SECRET = "een nieuw lang wachtwoord"


@pytest.fixture
def huisgroep() -> Organisation:
    return make.organisation()


def administrator(organisation: Organisation) -> StaffMember:
    return make.staff_member(organisation=organisation, username="beheer", role=Role.ADMINISTRATOR)


def signed_in(staff: StaffMember) -> Client:
    client = Client()
    sign_in(client, staff)
    return client


def new_member(organisation: Organisation, role: str) -> dict[str, str]:
    return {
        "username": "nieuw",
        "usable_password": "true",
        "password1": SECRET,
        "password2": SECRET,
        "organisation": str(organisation.pk),
        "role": role,
    }


@pytest.mark.parametrize(
    ("role", "writable"),
    [
        (
            Role.MARKETING,
            {
                Area.PEOPLE,
                Area.WORDING,
                Area.COLLECTION,
                Area.SCORE_MODELS,
                Area.CAMPAIGNS,
                Area.JOURNEYS,
            },
        ),
        (Role.CALL_AGENT, set()),
        (
            Role.DPO,
            {
                Area.WORDING,
                Area.POLICIES,
                Area.PROCESSORS,
                Area.PROCESSING,
                Area.DEPARTMENTS,
                Area.INCIDENTS,
            },
        ),
        (Role.ADMINISTRATOR, {Area.LEGAL_ENTITIES, Area.DEPARTMENTS, Area.STAFF, Area.POLICIES}),
        (Role.AUDITOR, set()),
    ],
)
def test_role_changes_only_what_is_its_own(huisgroep: Organisation, role: Role, writable: set[Area]) -> None:
    member = make.staff_member(organisation=huisgroep, role=role)

    changed = {area for area in Area if rights_of(staff=member, area=area) & {Right.ADD, Right.CHANGE}}

    assert changed == writable


@pytest.mark.parametrize(
    ("role", "readers"),
    [
        (Role.MARKETING, False),
        (Role.CALL_AGENT, False),
        (Role.DPO, True),
        (Role.ADMINISTRATOR, False),
        (Role.AUDITOR, True),
    ],
)
def test_only_officer_and_auditor_read_evidence(
    huisgroep: Organisation,
    role: Role,
    readers: bool,
) -> None:
    member = make.staff_member(organisation=huisgroep, role=role)

    assert has_duty(staff=member, duty=Duty.READ_EVIDENCE) is readers
    assert bool(rights_of(staff=member, area=Area.EVIDENCE)) is readers


def test_member_who_left_may_do_nothing(huisgroep: Organisation) -> None:
    member = make.staff_member(organisation=huisgroep, role=Role.DPO)
    member.is_active = False

    assert [rights_of(staff=member, area=area) for area in Area] == [frozenset()] * len(Area)
    assert [duty for duty in Duty if has_duty(staff=member, duty=duty)] == []


def test_superuser_only_reads_what_is_never_edited() -> None:
    root = StaffMember.objects.create_superuser(username="root", password=SECRET)

    assert rights_of(staff=root, area=Area.LEDGER) == {Right.VIEW}
    assert rights_of(staff=root, area=Area.EVIDENCE) == {Right.VIEW}


def test_administrator_gives_only_roles_without_evidence(huisgroep: Organisation) -> None:
    assert roles_to_give(staff=administrator(huisgroep)) == ["MARKETING", "CALL_AGENT", "ADMINISTRATOR"]


def test_administrator_adds_a_member_to_their_own_organisation(huisgroep: Organisation) -> None:
    client = signed_in(administrator(huisgroep))

    client.post(reverse("admin:customers_staffmember_add"), new_member(huisgroep, "CALL_AGENT"))

    member = StaffMember.objects.get(username="nieuw")
    assert (member.organisation, member.role, member.is_staff, member.is_superuser) == (
        huisgroep,
        "CALL_AGENT",
        True,
        False,
    )


@pytest.mark.parametrize("role", ["DPO", "AUDITOR"])
def test_administrator_cannot_make_a_reader_of_evidence(huisgroep: Organisation, role: str) -> None:
    client = signed_in(administrator(huisgroep))

    answer = client.post(reverse("admin:customers_staffmember_add"), new_member(huisgroep, role))

    assert list(answer.context["adminform"].form.errors) == ["role"]
    assert StaffMember.objects.filter(username="nieuw").exists() is False


def test_administrator_cannot_add_to_another_organisation(huisgroep: Organisation) -> None:
    other = make.organisation(code="ander", name="Ander")
    client = signed_in(administrator(huisgroep))

    answer = client.post(reverse("admin:customers_staffmember_add"), new_member(other, "MARKETING"))

    assert list(answer.context["adminform"].form.errors) == ["organisation"]


def test_administrator_cannot_make_a_superuser(huisgroep: Organisation) -> None:
    member = make.staff_member(organisation=huisgroep, username="mark", role=Role.MARKETING)
    client = signed_in(administrator(huisgroep))

    client.post(
        reverse("admin:customers_staffmember_change", args=[member.pk]),
        {
            "username": "mark",
            "organisation": str(huisgroep.pk),
            "role": "MARKETING",
            "is_active": "on",
            "is_superuser": "on",
            "is_staff": "on",
        },
    )

    member.refresh_from_db()
    assert (member.is_superuser, member.is_active) == (False, True)


def test_administrator_cannot_change_their_own_account(huisgroep: Organisation) -> None:
    beheer = administrator(huisgroep)

    answer = signed_in(beheer).post(
        reverse("admin:customers_staffmember_change", args=[beheer.pk]), {"role": "DPO"}
    )

    beheer.refresh_from_db()
    assert (answer.status_code, beheer.role) == (403, Role.ADMINISTRATOR)


@pytest.mark.parametrize("role", [Role.DPO, Role.AUDITOR])
def test_administrator_cannot_take_over_an_account_that_reads_evidence(
    huisgroep: Organisation, role: Role
) -> None:
    reader = make.staff_member(organisation=huisgroep, username="lezer", role=role)
    client = signed_in(administrator(huisgroep))

    answers = [
        client.post(reverse("admin:customers_staffmember_change", args=[reader.pk]), {}),
        client.post(
            reverse("admin:auth_user_password_change", args=[reader.pk]),
            {"password1": SECRET, "password2": SECRET, "usable_password": "true"},
        ),
    ]

    reader.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert reader.check_password(SECRET) is False


def test_limited_administrator_makes_only_accounts_within_the_same_limits(huisgroep: Organisation) -> None:
    own = make.legal_entity(organisation=huisgroep)
    sister = make.legal_entity(organisation=huisgroep, code="stroomkring", name="Stroomkring N.V.")
    limited = make.staff_member(
        organisation=huisgroep, username="beheer", role=Role.ADMINISTRATOR, legal_entities=[own]
    )
    unlimited = make.staff_member(organisation=huisgroep, username="vrij", role=Role.MARKETING)
    client = signed_in(limited)
    form = new_member(huisgroep, "MARKETING")

    without = client.post(reverse("admin:customers_staffmember_add"), form)
    wider = client.post(
        reverse("admin:customers_staffmember_add"), {**form, "legal_entities": [str(sister.pk)]}
    )
    hidden = client.get(reverse("admin:customers_staffmember_change", args=[unlimited.pk]))

    assert list(without.context["adminform"].form.errors) == ["legal_entities"]
    assert list(wider.context["adminform"].form.errors) == ["legal_entities"]
    assert hidden.status_code == 302


def test_marketing_does_not_see_staff(huisgroep: Organisation) -> None:
    marketing = make.staff_member(organisation=huisgroep, role=Role.MARKETING)

    assert signed_in(marketing).get(reverse("admin:customers_staffmember_changelist")).status_code == 403


def test_start_page_groups_what_a_role_may_see_by_job(huisgroep: Organisation) -> None:
    agent = make.staff_member(organisation=huisgroep, role=Role.CALL_AGENT)
    request = RequestFactory().get("/admin/")
    request.user = agent

    groups = admin.site.get_app_list(request)

    assert [group["app_label"] for group in groups] == ["people", "permission"]
    assert [model["admin_url"] for model in groups[0]["models"] if "object_name" not in model] == [
        "/admin/call-desk/",
        "/admin/inbound-desk/",
    ]
    assert sorted(model["object_name"] for model in groups[0]["models"] if "object_name" in model) == [
        "AddressVerification",
        "Contact",
        "ContactAttempt",
        "ContactPoint",
    ]
    assert [model["object_name"] for model in groups[1]["models"]] == ["ConsentRecord"]


def test_page_of_staff_needs_a_login() -> None:
    answer = Client().get(reverse("admin:customers_contact_changelist"))

    assert (answer.status_code, answer["Location"]) == (
        302,
        "/admin/login/?next=/admin/customers/contact/",
    )
