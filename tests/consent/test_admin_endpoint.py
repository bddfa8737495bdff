import base64
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.notifying import secrets
from consent.domain.rights import answering, receiving
from consent.domain.rights.copies import write_copy
from consent.models import Actor, Endpoint, EndpointSecret, Method, Notification, RightsRequest, Source, Topic
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in
from tests.consent.domain.notifying.scene import Outside, outside

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
ADD = reverse("admin:consent_endpoint_add")
URL = "https://hooks.example.com/jawoord"


@pytest.fixture
def scene() -> Outside:
    return outside()


def client_of(entity: LegalEntity, role: Role = Role.DPO, *, only: tuple[LegalEntity, ...] = ()) -> Client:
    member = make.staff_member(
        organisation=entity.organisation, username=f"lid-{role}", role=role, legal_entities=list(only)
    )
    return signed_in(member)


def typed(scene: Outside, **changes: Any) -> dict[str, Any]:
    return {
        "organisation": scene.entity.organisation_id,
        "name": "Maillijst",
        "processor": "",
        "method": "WEBHOOK",
        "url": URL,
        "legal_entities": [scene.entity.pk],
        "topics": [Topic.WITHDRAWN.value],
        "identify_by": "ADDRESS",
        **changes,
    }


def act_on(endpoint: Endpoint, slug: str) -> str:
    return reverse(f"admin:consent_endpoint_{slug}", args=[endpoint.pk])


@pytest.mark.parametrize("role", [Role.DPO, Role.ADMINISTRATOR])
def test_endpoint_is_made_and_its_secret_shown_once(scene: Outside, role: Role) -> None:
    client = client_of(scene.entity, role)

    made = client.post(ADD, typed(scene))
    endpoint = Endpoint.objects.get()
    again = client.get(page_of(endpoint, "change"))

    [secret] = secrets.read_secrets(endpoint=endpoint, at=timezone.now())
    shown = f"whsec_{base64.b64encode(secret).decode()}"
    assert shown in made.content.decode()
    assert made.headers["Cache-Control"].count("no-store") == 1
    assert shown not in again.content.decode()


@pytest.mark.parametrize("role", [Role.MARKETING, Role.AUDITOR])
def test_others_see_endpoints_and_change_nothing(scene: Outside, role: Role) -> None:
    endpoint = make.endpoint(legal_entities=[scene.entity])
    client = client_of(scene.entity, role)

    seen = client.get(page_of(endpoint, "change"))
    refused = [client.post(ADD, typed(scene)), client.post(act_on(endpoint, "secret"))]
    refused += [client.post(act_on(endpoint, slug)) for slug in ("test", "off", "on", "again")]

    assert seen.status_code == 200
    assert {answer.status_code for answer in refused} == {403}
    assert EndpointSecret.objects.count() == 0


@pytest.mark.parametrize("slug", ["test", "off", "on", "again"])
def test_looking_changes_nothing(scene: Outside, slug: str) -> None:
    endpoint = make.endpoint(legal_entities=[scene.entity])

    assert client_of(scene.entity).get(act_on(endpoint, slug)).status_code == 405


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "http://127.0.0.1:8000/"}, "url"),
        ({"url": "https://169.254.169.254/latest/"}, "url"),
        ({"url": "https://user:pass@hooks.example.com/"}, "url"),
        ({"url": ""}, "__all__"),
        ({"method": "MAIL"}, "__all__"),
        ({"topics": []}, "topics"),
        ({"topics": [Topic.TEST.value]}, "topics"),
        ({"legal_entities": []}, "legal_entities"),
    ],
)
def test_what_cannot_be_told_is_refused(scene: Outside, changes: dict[str, Any], field: str) -> None:
    answer = client_of(scene.entity).post(ADD, typed(scene, **changes))

    assert list(answer.context["adminform"].form.errors) == [field]


def test_mail_needs_a_processor_and_no_secret(scene: Outside) -> None:
    mailer = make.processor(legal_entities=[scene.entity])

    answer = client_of(scene.entity).post(ADD, typed(scene, method="MAIL", processor=mailer.pk))

    endpoint = Endpoint.objects.get()
    assert (answer.status_code, endpoint.url, endpoint.secrets.count()) == (302, "", 0)


def test_new_secret_replaces_the_old_one_after_the_overlap(scene: Outside) -> None:
    endpoint = make.endpoint(legal_entities=[scene.entity])
    secrets.make_secret(endpoint=endpoint, made_by=None, made_at=timezone.now())

    answer = client_of(scene.entity).post(act_on(endpoint, "secret"), {"overlap_hours": 24})

    soon, later = timezone.now(), timezone.now() + timedelta(hours=25)
    assert "whsec_" in answer.content.decode()
    assert [len(secrets.read_secrets(endpoint=endpoint, at=at)) for at in (soon, later)] == [2, 1]


def test_endpoint_is_switched_off_and_on_tested_and_told_again(scene: Outside) -> None:
    endpoint = make.endpoint(legal_entities=[scene.entity])
    client = client_of(scene.entity)
    scene.object()
    Notification.objects.update(state="DEAD")

    client.post(act_on(endpoint, "off"))
    off = Endpoint.objects.get().disabled_because
    for slug in ("on", "test", "again"):
        assert client.post(act_on(endpoint, slug)).status_code == 302

    assert (off, Endpoint.objects.get().disabled_at) == ("STAFF", None)
    assert list(Notification.objects.order_by("created_at").values_list("topic", "state")) == [
        (Topic.OBJECTED, "WAITING"),
        (Topic.TEST, "WAITING"),
    ]


def test_one_notification_is_told_again(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    scene.object()
    Notification.objects.update(state="DEAD")
    told = Notification.objects.get()
    client = client_of(scene.entity)

    page = client.get(page_of(told, "change")).content.decode()
    client.post(reverse("admin:consent_notification_again", args=[told.pk]))

    assert "Tell again" in page
    assert Notification.objects.get().state == "WAITING"


def test_endpoint_that_others_share_is_read_and_left_alone(scene: Outside) -> None:
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster N.V.")
    shared = make.endpoint(legal_entities=[scene.entity, sister])
    hidden = make.endpoint(legal_entities=[sister], name="Van de zuster")
    client = client_of(scene.entity, only=(scene.entity,))

    assert client.get(page_of(shared, "change")).context["has_change_permission"] is False
    assert client.post(act_on(shared, "off")).status_code == 403
    assert client.get(page_of(hidden, "change")).status_code == 302
    assert client.post(act_on(hidden, "off")).status_code == 404


def test_contact_page_says_who_was_told(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    scene.object()

    page = client_of(scene.entity).get(page_of(scene.alice, "change")).content.decode()

    assert "Who outside was told" in page
    assert "Maillijst" in page


def test_rights_request_says_who_was_told_also_after_the_erasure(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    asked = receiving.receive(
        asked=receiving.NewRequest(
            legal_entity=scene.entity,
            kind=RightsRequest.Kind.ERASURE,
            source=Source.PAPER,
            language="en",
            contact=scene.alice,
            identity=RightsRequest.Identity.DOCUMENT,
        ),
        received_at=make.NOW,
        recorded_at=make.NOW,
    )
    by_staff = Circumstances(actor=Actor.STAFF, source=Source.STAFF_ENTRY, method=Method.RECORD)
    answering.fulfil(request=asked, done=answering.Fulfilment(how=by_staff), fulfilled_at=make.NOW)

    page = client_of(scene.entity).get(page_of(asked, "change")).content.decode()

    assert "Personal data erased" in page
    assert "Maillijst" in page


def test_copy_names_who_was_told_and_who_gets_data(scene: Outside) -> None:
    mailer = make.processor(legal_entities=[scene.entity])
    make.endpoint(legal_entities=[scene.entity], processor=mailer)
    scene.object()

    file = write_copy(contact=scene.alice, legal_entity=scene.entity, language="en", written_at=make.NOW)

    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        page = archive.read("jawoord.html").decode()
    assert "Bezorgd Mail B.V." in page
    assert "Whom we told of what you said" in page
    assert "Bezorgd Mail B.V. · Maillijst" in page


def test_name_that_staff_correct_is_told(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    page = page_of(scene.alice, "details")
    client = client_of(scene.entity, Role.MARKETING)
    fields = client.get(page).context["adminform"].form
    said = {name: fields[name].value() or "" for name in fields.fields}

    client.post(page, {**said, "given_name": "Alicia"})

    assert list(Notification.objects.values_list("topic", "corrected")) == [(Topic.RECTIFIED, ["NAMES"])]


def test_start_page_names_what_falls_short(scene: Outside) -> None:
    make.processor(legal_entities=[scene.entity], agreement_until_date=timezone.localdate())
    silent = make.endpoint(legal_entities=[scene.entity])
    Endpoint.objects.filter(pk=silent.pk).update(disabled_at=make.NOW, disabled_because="GONE")
    start = reverse("admin:index")

    seen = client_of(scene.entity).get(start).content.decode()
    other = client_of(scene.entity, Role.CALL_AGENT).get(start).content.decode()

    assert "Bezorgd Mail B.V." in seen
    assert "told nothing more" in seen
    assert "Bezorgd Mail B.V." not in other


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_as_often_for_three_rows_as_for_one(
    scene: Outside, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for one in range(number):
        make.endpoint(legal_entities=[scene.entity], name=str(one))
    scene.object()
    client = client_of(scene.entity)

    with django_assert_num_queries(12):
        client.get(list_of(Endpoint))
    with django_assert_num_queries(13):
        client.get(list_of(Notification))
