from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import staff_acts
from consent.admin.endpoint import EndpointAdmin
from consent.domain.holdings import every_holding
from consent.domain.retention.applying import apply_retention
from customers.domain.holdings import Fate
from customers.models import Contact, LegalEntity, Organisation, StaffAct, StaffMember
from tests import make
from tests.consent.admin_rows import everything, list_of, page_of, signed_in, superuser

pytestmark = pytest.mark.django_db
Act, Role = StaffAct.Act, StaffMember.Role
REST = {"country": "NL", "language": "nl"}
PASSWORD = "een lang wachtwoord voor proeven"


@pytest.fixture
def house() -> Organisation:
    return make.organisation()


@pytest.fixture
def alice(house: Organisation) -> Contact:
    return make.contact(organisation=house, given_name="Alice", family_name="Jansen")


@pytest.fixture
def officer(house: Organisation) -> StaffMember:
    return make.staff_member(organisation=house, username="fg", role=Role.DPO)


@pytest.fixture
def marketing(house: Organisation) -> StaffMember:
    return make.staff_member(organisation=house, username="mark", role=Role.MARKETING)


def kept() -> list[tuple[str, str, str]]:
    """What was kept, of whom, and on which page."""
    rows = StaffAct.objects.order_by("done_at", "pk").values_list("act", "staff__username", "page")
    return [(act, who or "", page) for act, who, page in rows]


def sign_in(client: Client, *, username: str, password: str) -> None:
    client.post(reverse("admin:login"), {"username": username, "password": password})


def test_opening_a_contact_is_kept_with_who_and_about_whom(marketing: StaffMember, alice: Contact) -> None:
    before = timezone.now()

    signed_in(marketing).get(page_of(alice, "change"), REMOTE_ADDR="203.0.113.77")

    act = StaffAct.objects.get()
    assert (act.act, act.staff, act.role) == (Act.LOOKED, marketing, Role.MARKETING)
    assert (act.model, act.object_key, act.contact_id) == ("customers.contact", str(alice.pk), alice.pk)
    assert (act.organisation, act.page) == (alice.organisation, "customers_contact_change")
    assert act.network == "203.0.113.0/24"
    assert before <= act.done_at <= timezone.now()


def test_each_look_costs_one_statement(marketing: StaffMember, alice: Contact) -> None:
    client = signed_in(marketing)

    with CaptureQueriesContext(connection) as asked:
        client.get(page_of(alice, "change"))

    about_acts = [query["sql"] for query in asked if "customers_staffact" in query["sql"]]
    assert [sql.partition(" ")[0] for sql in about_acts] == ["INSERT"]


def test_list_is_one_act_with_how_many_it_showed(marketing: StaffMember, alice: Contact) -> None:
    make.contact(organisation=alice.organisation, family_name="Bakker")

    signed_in(marketing).get(list_of(Contact))

    act = StaffAct.objects.get()
    assert (act.act, act.rows, act.object_key, act.contact_id) == (Act.LOOKED, 2, "", None)


def test_search_is_kept_without_what_was_searched(marketing: StaffMember, alice: Contact) -> None:
    signed_in(marketing).get(list_of(Contact), {"q": "Jansen"})

    [row] = StaffAct.objects.values()
    assert (row["act"], row["rows"]) == (Act.SEARCHED, 1)
    assert "Jansen" not in str(row)


def test_suggestions_are_a_search(marketing: StaffMember, alice: Contact) -> None:
    asked = {"app_label": "customers", "model_name": "contact", "field_name": "representative", "term": "Jan"}

    signed_in(marketing).get(reverse("admin:autocomplete"), asked)

    assert [(act, page) for act, _who, page in kept()] == [(Act.SEARCHED, "autocomplete")]


def test_change_names_the_fields_and_not_what_they_say(marketing: StaffMember, alice: Contact) -> None:
    said = {"kind": "PERSON", "given_name": "Alicia", "family_name": "Jansen", **REST}

    answer = signed_in(marketing).post(page_of(alice, "details"), said)

    act = StaffAct.objects.get()
    assert answer.status_code == 302
    assert (act.act, act.contact_id, act.fields) == (Act.CHANGED, alice.pk, ["given_name"])
    assert "Alicia" not in str(StaffAct.objects.values().get())


def test_form_that_is_shown_again_changed_nothing(marketing: StaffMember, alice: Contact) -> None:
    answer = signed_in(marketing).post(page_of(alice, "details"), {"kind": "NOBODY"})

    assert (answer.status_code, kept()) == (200, [])


def test_act_on_a_contact_says_which(officer: StaffMember, alice: Contact, house: Organisation) -> None:
    make.legal_entity(organisation=house)
    page = reverse("admin:customers_contact_act", args=[alice.pk, "restrict"])

    answer = signed_in(officer).post(page, {"reason": "Betwist de juistheid."})

    assert answer.status_code == 302
    assert kept() == [(Act.CHANGED, "fg", "customers_contact_act/restrict")]


def test_rows_of_every_kind_lead_to_their_contact(house: Organisation) -> None:
    rows = everything(code="eigen")
    contact = rows[Contact]
    root = superuser()

    led = [
        holding.model
        for holding in every_holding()
        if holding.found_by and holding.lookup == "in"
        if holding.model in rows and holding.model is not StaffAct
    ]
    for model in led:
        StaffAct.objects.all().delete()
        signed_in(root).get(page_of(rows[model], "change"))
        act = StaffAct.objects.get()
        assert (model, act.contact_id) == (model, contact.pk)
        assert act.organisation_id == contact.organisation_id  # type: ignore[attr-defined]


def test_access_that_is_given_stands_out(house: Organisation) -> None:
    administrator = make.staff_member(organisation=house, username="beheer", role=Role.ADMINISTRATOR)
    new = {
        "username": "nieuw",
        "usable_password": "true",
        "password1": PASSWORD + "!",
        "password2": PASSWORD + "!",
        "organisation": str(house.pk),
        "role": Role.MARKETING,
    }

    signed_in(administrator).post(reverse("admin:customers_staffmember_add"), new)

    assert kept() == [(Act.ACCESS_CHANGED, "beheer", "customers_staffmember_add")]
    assert PASSWORD not in str(StaffAct.objects.values().get())


def test_signing_in_and_out_is_kept(marketing: StaffMember) -> None:
    client = Client()

    sign_in(client, username="mark", password=PASSWORD)
    client.post(reverse("admin:logout"))

    assert kept() == [(Act.SIGNED_IN, "mark", "login"), (Act.SIGNED_OUT, "mark", "logout")]


def test_failed_sign_in_names_whose_name_it_was(marketing: StaffMember) -> None:
    sign_in(Client(), username="mark", password="geraden")

    act = StaffAct.objects.get()
    assert act.act == Act.SIGN_IN_FAILED
    assert (act.staff, act.organisation) == (marketing, marketing.organisation)


def test_name_that_nobody_has_is_not_kept(marketing: StaffMember) -> None:
    sign_in(Client(), username="mijn geheime wachtwoord", password="mark")

    [row] = StaffAct.objects.values()
    assert [row["staff_id"], row["organisation_id"]] == [None, None]
    assert "geheime" not in str(row)


def test_pages_about_no_people_are_not_watched(officer: StaffMember, house: Organisation) -> None:
    make.legal_entity(organisation=house)
    client = signed_in(officer)

    for page in (reverse("admin:index"), list_of(LegalEntity), reverse("admin:jsi18n")):
        assert client.get(page).status_code == 200

    assert kept() == []


def test_page_that_is_refused_or_not_there_shows_nobody(house: Organisation, alice: Contact) -> None:
    auditor = make.staff_member(organisation=make.organisation(code="ander"), role=Role.AUDITOR)

    answer = signed_in(auditor).get(page_of(alice, "change"))

    assert (answer.status_code, kept()) == (404, [])


def test_file_that_is_taken_out_is_an_export_also_of_these_acts(officer: StaffMember, alice: Contact) -> None:
    client = signed_in(officer)
    client.get(page_of(alice, "change"))

    answer = client.get(reverse("admin:customers_staffact_export"), {"act__exact": Act.LOOKED})
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]

    assert (len(lines), ",LOOKED," in lines[1], str(alice.pk) in lines[1]) == (2, True, True)
    act = StaffAct.objects.get(act=Act.EXPORTED)
    assert (act.page, act.rows) == ("customers_staffact_export", 1)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.DPO, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 200),
        (Role.MARKETING, 403),
        (Role.CALL_AGENT, 403),
    ],
)
def test_who_may_see_the_acts(
    role: StaffMember.Role, status: int, house: Organisation, marketing: StaffMember
) -> None:
    client = signed_in(make.staff_member(organisation=house, username="kijker", role=role))
    pages = [
        list_of(StaffAct),
        reverse("admin:customers_staffact_export"),
        reverse("admin:acts_of_member", args=[marketing.pk]),
    ]

    assert [client.get(page).status_code for page in pages] == [status] * 3


def test_nobody_sees_members_or_acts_of_another_organisation(house: Organisation) -> None:
    other = make.organisation(code="ander")
    stranger = make.staff_member(organisation=other, username="vreemd", role=Role.DPO)
    elsewhere = make.contact(organisation=other)
    signed_in(stranger).get(page_of(elsewhere, "change"))
    client = signed_in(make.staff_member(organisation=house, username="kijker", role=Role.AUDITOR))

    exported = client.get(reverse("admin:customers_staffact_export"))

    assert client.get(reverse("admin:acts_of_member", args=[stranger.pk])).status_code == 404
    assert client.get(reverse("admin:customers_contact_looked", args=[elsewhere.pk])).status_code == 404
    assert str(elsewhere.pk) not in b"".join(exported.streaming_content).decode()  # type: ignore[attr-defined]


def test_superuser_from_outside_is_seen_by_the_organisation_they_looked_at(alice: Contact) -> None:
    signed_in(superuser()).get(page_of(alice, "change"))

    assert StaffAct.objects.get().organisation == alice.organisation


def test_history_of_a_row_tells_its_changes(marketing: StaffMember, alice: Contact) -> None:
    client = signed_in(marketing)
    said = {"kind": "PERSON", "given_name": "Alicia", "family_name": "Jansen", **REST}
    client.post(page_of(alice, "details"), said)

    page = client.get(page_of(alice, "history"))

    assert [(one.staff, one.where, one.fields) for one in page.context["changes"]] == [
        (marketing, "details", ["given_name"])
    ]


def test_old_acts_are_kept_for_their_term_only(alice: Contact, marketing: StaffMember) -> None:
    signed_in(marketing).get(page_of(alice, "change"))
    sign_in(Client(), username="niemand", password="x")
    now = timezone.now()

    list(apply_retention(now=now + timedelta(days=300)))
    early = StaffAct.objects.count()
    list(apply_retention(now=now + timedelta(days=367)))

    assert (early, StaffAct.objects.count()) == (2, 0)


def test_copy_of_a_person_tells_when_and_by_which_role(alice: Contact) -> None:
    [holding] = [one for one in every_holding() if one.model is StaffAct]

    assert (holding.fate, holding.told) == (Fate.STAYS, ("done_at", "act", "role"))


def test_button_changes_nothing_when_its_act_cannot_be_kept(
    officer: StaffMember, house: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make.endpoint(legal_entities=[make.legal_entity(organisation=house)])
    client = signed_in(officer)
    client.raise_request_exception = False
    button = reverse("admin:consent_endpoint_off", args=[endpoint.pk])

    with monkeypatch.context() as broken:
        broken.setattr(staff_acts, "keep_act", unkept)
        refused = client.post(button)
    endpoint.refresh_from_db()

    assert (refused.status_code, endpoint.disabled_at, kept()) == (500, None, [])
    assert client.post(button).status_code == 302
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert kept() == [(Act.CHANGED, "fg", "consent_endpoint_off")]


def unkept(*_more: object, **_said: object) -> None:
    raise RuntimeError


def test_page_that_breaks_leaves_nothing_of_what_it_changed(
    officer: StaffMember, house: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make.endpoint(legal_entities=[make.legal_entity(organisation=house)])
    client = signed_in(officer)
    client.raise_request_exception = False

    monkeypatch.setattr(EndpointAdmin, "back_to", unkept)
    broken = client.post(reverse("admin:consent_endpoint_off", args=[endpoint.pk]))
    endpoint.refresh_from_db()

    assert (broken.status_code, endpoint.disabled_at) == (500, None)
