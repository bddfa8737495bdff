"""Before what cannot be undone, or opens the house, staff give their password again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from config.step_up import (
    BACK,
    BEGINS,
    FILE_AS_IT_OPENS,
    FILE_WHEN_SENT,
    GIVEN_AT,
    GUARDED,
    GUARDED_WHEN_SENT,
    OPENS,
    PASSWORD,
    TRIES,
    VALID_FOR,
)
from consent.models import EvidenceFile, HousePolicy, RightsRequest
from customers.admin.scope import ScopedAdmin
from customers.domain.staff import Area
from customers.models import Contact, Organisation, StaffAct, StaffMember
from tests import make
from tests.consent.admin_rows import Rows, everything, list_of, page_of, signed_in

pytestmark = pytest.mark.django_db
SECRET = "een lang wachtwoord voor proeven"
ASKING = ["admin/step_up.html"]
READING = {"changelist", "change", "history", "delete"}


@pytest.fixture
def rows() -> Rows:
    return everything(code="eigen")


@pytest.fixture
def root() -> StaffMember:
    return StaffMember.objects.create_superuser(username="root", password=SECRET)


@pytest.fixture
def client(root: StaffMember) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(root)
    return client


def templates(answer: Any) -> list[str | None]:
    return [template.name for template in answer.templates][:1]


def counts() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()  # noqa: SLF001  (Django's own name for it)
        for app in ("consent", "customers")
        for model in apps.get_app_config(app).get_models()
    }


def key_of(name: str, rows: Rows) -> Any:
    """The row that a page is about, by the kind of data in its name."""
    model = "staffmember" if name == "auth_user_password_change" else name.split("_")[1]
    return next(row.pk for kind, row in rows.items() if kind.__name__.lower() == model)


def address_of(guarded: str, rows: Rows) -> tuple[str, dict[str, str]]:
    """The page of one line of the table, and what is sent to it."""
    name, _slash, part = guarded.partition("/")
    if name.endswith("_changelist"):
        return reverse(f"admin:{name}"), {"action": part, "_selected_action": str(rows[Contact].pk)}
    if name.endswith("_add") or name == "export_evidence":
        return reverse(f"admin:{name}"), {}
    keys = [key_of(name, rows), *([part] if part else [])]
    return reverse(f"admin:{name}", args=keys), {}


@pytest.mark.parametrize("guarded", [*GUARDED, *GUARDED_WHEN_SENT])
def test_nothing_happens_before_the_password(guarded: str, client: Client, rows: Rows) -> None:
    address, sent = address_of(guarded, rows)
    before = counts()

    answer = client.post(address, sent)

    assert (templates(answer), answer.context["why"]) == (ASKING, {**GUARDED, **GUARDED_WHEN_SENT}[guarded])
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert counts() == before


def test_second_name_of_an_action_hides_no_act(client: Client, rows: Rows) -> None:
    address, sent = address_of("customers_contact_changelist/erase_selected", rows)

    answer = client.post(address, {**sent, "action": ["erase_selected", "other"], "index": "0"})

    assert templates(answer) == ASKING


@pytest.mark.parametrize("guarded", GUARDED)
def test_page_for_the_act_asks_as_it_opens(guarded: str, client: Client, rows: Rows) -> None:
    address, _sent = address_of(guarded, rows)
    before = counts()

    asked = client.get(address)
    wrong = client.post(address, {OPENS: "1", PASSWORD: "geraden"})
    right = client.post(address, {OPENS: "1", PASSWORD: SECRET})

    assert [templates(asked), templates(wrong)] == [ASKING, ASKING]
    led_to = reverse("admin:index") if guarded == FILE_AS_IT_OPENS else address
    assert (right.status_code, right["Location"]) == (302, led_to)
    assert counts() == {**before, "StaffAct": before["StaffAct"] + 1}
    assert templates(client.get(address)) != ASKING


def test_file_comes_to_the_page_people_were_on(client: Client, rows: Rows) -> None:
    address = reverse(f"admin:{FILE_AS_IT_OPENS}", args=[rows[EvidenceFile].pk])
    before = f"{list_of(EvidenceFile)}?o=1"
    asked = client.get(address, headers={"referer": f"http://testserver{before}"})

    wrong = client.post(address, {OPENS: "1", PASSWORD: "geraden", BACK: asked.context["back"][1]})
    right = client.post(address, {OPENS: "1", PASSWORD: SECRET, BACK: wrong.context["back"][1]})
    elsewhere = client.get(reverse("admin:index"))
    page, again = client.get(right["Location"]), client.get(before)

    assert right["Location"] == before
    assert page["Refresh"] == f"0; url={address}"
    assert ["Refresh" in answer for answer in (elsewhere, again)] == [False, False]


@pytest.mark.parametrize(("seconds", "begins"), [(55, True), (65, False)])
def test_file_comes_at_once_or_not_at_all(seconds: int, begins: object, client: Client, rows: Rows) -> None:
    address = reverse(f"admin:{FILE_AS_IT_OPENS}", args=[rows[EvidenceFile].pk])
    before = f"{list_of(EvidenceFile)}?o=1"
    client.post(address, {OPENS: "1", PASSWORD: SECRET, BACK: before})
    session = client.session
    page, file, begins_at = session[BEGINS]
    session[BEGINS] = [page, file, begins_at - seconds]
    session.save()

    first, again = client.get(before), client.get(before)

    assert ["Refresh" in answer for answer in (first, again)] == [begins, False]


def test_copy_is_asked_for_again_on_the_page_people_were_on(client: Client, rows: Rows) -> None:
    address = reverse(f"admin:{FILE_WHEN_SENT}", args=[rows[RightsRequest].pk])
    before = page_of(rows[RightsRequest], "change")
    asked = client.post(address, headers={"referer": f"http://testserver{before}"})

    right = client.post(address, {PASSWORD: SECRET, BACK: asked.context["back"][1]}, follow=True)

    assert right.redirect_chain == [(before, 302)]
    assert "Press the button again" in right.content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.com/admin/",
        "//example.com/admin/",
        "/\\example.com",
        "https://[",
        "/forms/x/",
    ],
)
def test_nobody_is_led_off_the_site(elsewhere: str, client: Client, rows: Rows) -> None:
    address = reverse(f"admin:{FILE_AS_IT_OPENS}", args=[rows[EvidenceFile].pk])

    right = client.post(address, {OPENS: "1", PASSWORD: SECRET, BACK: elsewhere})

    assert right["Location"] == reverse("admin:index")


@pytest.mark.parametrize("guarded", GUARDED_WHEN_SENT)
def test_page_that_also_shows_is_shown(guarded: str, client: Client, rows: Rows) -> None:
    address, _sent = address_of(guarded, rows)

    assert templates(client.get(address)) != ASKING


def own_names(found: list[Any]) -> Iterator[str]:
    for entry in found:
        if isinstance(entry, URLResolver):
            yield from own_names(entry.url_patterns)
        elif isinstance(entry, URLPattern) and entry.name:
            yield entry.name


def test_every_page_that_changes_a_rule_or_a_key_is_guarded() -> None:
    pages = [
        page
        for page in admin.site._registry.values()  # noqa: SLF001  (Django has no other way)
        if isinstance(page, ScopedAdmin) and page.area in {Area.POLICIES, Area.API_KEYS}
    ]
    changing = {name for page in pages for name in own_names(page.urls) if name.split("_")[-1] not in READING}

    assert changing - {*GUARDED, *GUARDED_WHEN_SENT} == set()
    assert len(pages) == 5


def test_what_was_sent_goes_on_after_the_password(client: Client, rows: Rows) -> None:
    address = page_of(rows[HousePolicy], "end")
    asked = client.post(address, {"because": "Vervangen"})

    done = client.post(address, {PASSWORD: SECRET, **dict(asked.context["sent"])})

    assert (templates(asked), done.status_code) == (ASKING, 302)
    assert HousePolicy.objects.get().ended_at is not None


def test_what_was_typed_is_kept_but_a_password_is_not(client: Client, rows: Rows) -> None:
    new = {"username": "nieuw", "password1": "geheim-1234567", "role": ["MARKETING", "DPO"]}

    answer = client.post(reverse("admin:customers_staffmember_add"), new)

    assert answer.context["sent"] == [("username", "nieuw"), ("role", "MARKETING"), ("role", "DPO")]
    assert "geheim-1234567" not in answer.content.decode()


def test_password_never_reaches_the_page(client: Client, rows: Rows, monkeypatch: Any) -> None:
    seen: list[dict[str, Any]] = []
    page = admin.site.get_model_admin(HousePolicy)
    monkeypatch.setattr(type(page), "end", lambda *_: seen.append({}))
    monkeypatch.setattr(type(page), "log_change", lambda _page, request, *_: seen.append(request.POST.dict()))

    client.post(page_of(rows[HousePolicy], "end"), {PASSWORD: SECRET, "because": "Anders."})

    assert seen == [{}, {"because": "Anders."}]


def test_it_holds_for_ten_minutes_and_for_this_session_alone(root: StaffMember, client: Client) -> None:
    address = reverse("admin:consent_apikey_add")
    client.post(address, {OPENS: "1", PASSWORD: SECRET})
    other = Client()
    other.force_login(root)

    assert templates(client.get(address)) != ASKING
    assert templates(other.get(address)) == ASKING
    session = client.session
    for age, asks in (
        (VALID_FOR - timedelta(seconds=5), False),
        (VALID_FOR, True),
        (-timedelta(hours=1), True),
    ):
        session[GIVEN_AT] = (timezone.now() - age).timestamp()
        session.save()
        assert (templates(client.get(address)) == ASKING) is asks


def test_signing_out_ends_it(root: StaffMember, client: Client) -> None:
    address = reverse("admin:consent_apikey_add")
    client.post(address, {OPENS: "1", PASSWORD: SECRET})

    client.post(reverse("admin:logout"))
    client.force_login(root)

    assert templates(client.get(address)) == ASKING


def test_a_second_answer_to_the_same_question_does_not_act(client: Client, rows: Rows) -> None:
    address = reverse("admin:consent_apikey_revoke", args=[key_of("consent_apikey_revoke", rows)])
    client.post(address, {OPENS: "1", PASSWORD: SECRET})

    again = client.post(address, {OPENS: "1", PASSWORD: "wat dan ook"})

    assert (again.status_code, again["Location"]) == (302, address)
    assert b"Revoke the key" in client.get(address).content


def test_guessing_ends_and_stays_known(client: Client, root: StaffMember) -> None:
    address = reverse("admin:consent_apikey_add")
    for _try in range(TRIES.at_most):
        client.post(address, {OPENS: "1", PASSWORD: "geraden"})

    answer = client.post(address, {OPENS: "1", PASSWORD: SECRET})

    assert (answer.status_code, b"Too many tries. Try again in ten minutes." in answer.content) == (429, True)
    kept = StaffAct.objects.values_list("act", "page", "staff")
    assert set(kept) == {(StaffAct.Act.SIGN_IN_FAILED, "consent_apikey_add", root.pk)}
    assert kept.count() == TRIES.at_most


def test_asking_for_the_password_is_no_look_at_anybody(client: Client, rows: Rows) -> None:
    StaffAct.objects.all().delete()

    client.get(reverse("admin:customers_contact_evidence", args=[rows[Contact].pk]))

    assert not StaffAct.objects.exists()


def test_who_is_not_signed_in_is_asked_to_sign_in(rows: Rows) -> None:
    address = reverse("admin:consent_evidencefile_download", args=[rows[EvidenceFile].pk])

    answer = Client().get(address)

    assert answer["Location"].startswith(reverse("admin:login"))


def test_password_opens_nothing_that_the_role_does_not(rows: Rows) -> None:
    house = rows[Organisation]
    assert isinstance(house, Organisation)
    marketing = make.staff_member(organisation=house, username="mark", role=StaffMember.Role.MARKETING)

    answer = signed_in(marketing).get(reverse("admin:export_evidence"))

    assert (answer.status_code, signed_in(marketing).get(list_of(Contact)).status_code) == (403, 200)
