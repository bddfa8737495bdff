"""What a program asked is gone with its answer: a collector that has to look for it holds up the next."""

import gc
import weakref
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.core.handlers.base import BaseHandler
from django.test import RequestFactory

from tests.consent.api.desk import ASK, Shop, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def collector_off() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("collector_off")
def test_request_of_a_program_goes_by_itself(shop: Shop) -> None:
    handler = BaseHandler()
    handler.load_middleware()
    request = RequestFactory().post(
        ASK,
        question(),
        content_type="application/json",
        headers={"authorization": f"Bearer {shop.made.token}"},
    )
    asked = weakref.ref(request)

    answer = handler.get_response(request)

    assert answer.status_code == HTTPStatus.OK
    del request, answer
    assert asked() is None
