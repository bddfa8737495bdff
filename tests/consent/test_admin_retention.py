import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consent.models import RetentionTerm
from customers.models import StaffMember
from tests import make
from tests.consent.admin_rows import signed_in, superuser
from tests.consent.domain.retention.test_applying import decide, given_and_withdrawn
from tests.preference_scenes import House, house

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
NEXT = "/admin/what-goes-next/"


@pytest.fixture
def home() -> House:
    return house()


def member(home: House, role: StaffMember.Role) -> StaffMember:
    return make.staff_member(organisation=home.organisation, username=role.lower(), role=role)


def test_officer_sees_what_goes_of_their_own_organisation(home: House) -> None:
    given_and_withdrawn(home)
    decide(home.organisation, RetentionTerm.Kind.PROOF, 10)

    page = signed_in(member(home, Role.DPO)).get(NEXT)

    lines = {str(line.title): line for line in page.context["lines"]}
    assert lines["Proof of permissions that ended"].counts == [2, 2, 2, 2]
    assert "Zo lang en niet langer." in page.content.decode()


def test_officer_of_another_organisation_sees_none_of_it(home: House) -> None:
    given_and_withdrawn(home)
    other = make.organisation(code="ander", name="Ander")
    decide(home.organisation, RetentionTerm.Kind.PROOF, 10)
    stranger = make.staff_member(organisation=other, username="vreemd", role=Role.DPO)

    page = signed_in(stranger).get(NEXT, {"organisation": str(home.organisation.pk)})

    assert page.context["organisation"] == other
    assert {sum(line.counts) for line in page.context["lines"]} == {0}


def test_superuser_chooses_the_organisation(home: House) -> None:
    client = signed_in(superuser())

    first = client.get(NEXT)
    chosen = client.get(NEXT, {"organisation": str(home.organisation.pk)})

    assert (first.context["organisation"], chosen.context["organisation"]) == (None, home.organisation)


@pytest.mark.parametrize("role", [Role.MARKETING, Role.CALL_AGENT, Role.ADMINISTRATOR])
def test_others_do_not_see_what_goes(home: House, role: StaffMember.Role) -> None:
    assert signed_in(member(home, role)).get(NEXT).status_code == 403


def test_officer_decides_on_a_term_with_a_reason(home: House) -> None:
    client = signed_in(member(home, Role.DPO))
    said = {
        "organisation": str(home.organisation.pk),
        "kind": "PROOF",
        "purpose": str(home.offers.pk),
        "days": "900",
        "reason": "Advies van de functionaris.",
    }

    client.post(reverse("admin:consent_retentionterm_add"), said)

    term = RetentionTerm.objects.get()
    assert (term.days, term.purpose, str(term.decided_by)) == (900, home.offers, "dpo")
    assert term.decided_at is not None


def test_only_proof_has_a_term_per_purpose(home: House) -> None:
    client = signed_in(member(home, Role.DPO))
    said = {
        "organisation": str(home.organisation.pk),
        "kind": "MAILS",
        "purpose": str(home.offers.pk),
        "days": "900",
        "reason": "Kan niet.",
    }

    page = client.post(reverse("admin:consent_retentionterm_add"), said)

    assert "Only proof has a term per purpose." in page.content.decode()


def test_page_asks_the_database_a_fixed_number_of_times(
    home: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(member(home, Role.DPO))
    given_and_withdrawn(home)

    with django_assert_num_queries(91):
        client.get(NEXT)
