import pytest
from django.test import Client
from django.urls import reverse

from tests.consent.admin_rows import signed_in, superuser

ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/preferences/undo/", "get", "POST"),
        ("/preferences/leave/", "get", "POST"),
        ("/", "post", "GET, HEAD"),
    ],
)
def test_page_opened_in_the_wrong_way_says_so_calmly(path: str, method: str, allowed: str) -> None:
    answer = getattr(Client(), method)(path, headers=ENGLISH)

    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert b"<h1>This page opens with a button</h1>" in answer.content
    assert reverse("preferences_ask").encode() in answer.content


def test_refusal_is_in_the_language_of_the_visitor() -> None:
    answer = Client().get("/preferences/undo/", headers={"Accept-Language": "nl"})

    assert b'<html lang="nl">' in answer.content


def test_head_gets_no_page() -> None:
    answer = Client().head("/preferences/undo/")

    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.django_db
def test_staff_get_the_page_too() -> None:
    answer = signed_in(superuser()).get(
        "/admin/consent/collectionpoint/01930000-0000-7000-8000-000000000000/unpublish/", headers=ENGLISH
    )

    assert (answer.status_code, b"This page opens with a button" in answer.content) == (405, True)
