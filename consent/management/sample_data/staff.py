from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from consent.management.sample_data.departments import OF_MARKETING
from customers.models import Department, Organisation, StaffMember

Role = StaffMember.Role


@dataclass(frozen=True, kw_only=True)
class SampleLogin:
    """One login of a trial."""

    username: str
    password: str
    name: str
    organisation: str = ""
    role: Role | None = None


# One for all: it is printed at every start of a trial, and no trial lives long.
PASSWORD = "voorbeeld-wachtwoord"  # noqa: S105 (protects nothing but fictional people)
NAMES = {
    Role.MARKETING: ("marketing", "Maaike"),
    Role.CALL_AGENT: ("belteam", "Bas"),
    Role.DPO: ("fg", "Fenna"),
    Role.ADMINISTRATOR: ("beheerder", "Anton"),
    Role.AUDITOR: ("controle", "Coby"),
}


def logins_of(organisation: str, *roles: Role) -> list[SampleLogin]:
    return [
        SampleLogin(
            username=f"{organisation}-{NAMES[role][0]}",
            password=PASSWORD,
            name=NAMES[role][1],
            organisation=organisation,
            role=role,
        )
        for role in roles
    ]


SAMPLE_LOGINS = (
    SampleLogin(username="beheer", password=PASSWORD, name="Beheer"),
    *logins_of("huisgroep", *Role),
    *logins_of("harthulp", *Role),
    *logins_of("bosvogels", Role.DPO, Role.CALL_AGENT),
    *logins_of("werkplaats", Role.MARKETING, Role.DPO),
    *logins_of("belgaboek", Role.CALL_AGENT),
)


def load_staff() -> None:
    """Make the logins of the trial."""
    # Hashing is slow on purpose, so the one password is hashed once.
    password = make_password(PASSWORD)
    organisations = {row.code: row for row in Organisation.objects.all()}
    StaffMember.objects.bulk_create(
        StaffMember(
            username=login.username,
            password=password,
            first_name=login.name,
            last_name="Voorbeeld",
            email=f"{login.username}@example.org",
            organisation=organisations.get(login.organisation),
            role=login.role or "",
            is_staff=True,
            is_superuser=login.role is None,
        )
        for login in SAMPLE_LOGINS
    )
    _place_marketers()


def _place_marketers() -> None:
    for member in StaffMember.objects.filter(role=Role.MARKETING).select_related("organisation"):
        if member.organisation is not None:
            name = OF_MARKETING[member.organisation.code]
            member.department = Department.objects.get(organisation=member.organisation, name=name)
            member.save(update_fields=["department"])
