import pytest
from django.db import models
from pytest_django import DjangoAssertNumQueries

from consent.models import (
    CollectionPoint,
    ConsentEvent,
    ConsentRecord,
    NoticeVersion,
    Objection,
    OutboxMessage,
    Purpose,
)
from customers.models import Contact, ContactPoint, CustomerRelation, Transaction
from tests.consent.admin_rows import everything, list_of, name_of, signed_in, superuser

pytestmark = pytest.mark.django_db

# Session, member, page of rows, its count, dates, one for each filter that lists rows, and where it tells of
# people one that keeps who looked. What may be done now with each permission takes two more.
QUERIES = {
    CollectionPoint: 8,
    ConsentEvent: 10,
    ConsentRecord: 10,
    Contact: 8,
    ContactPoint: 8,
    CustomerRelation: 8,
    NoticeVersion: 7,
    Objection: 8,
    OutboxMessage: 8,
    Purpose: 6,
    Transaction: 8,
}


@pytest.mark.parametrize("model", QUERIES, ids=name_of)
@pytest.mark.parametrize("organisations", [("een",), ("een", "twee", "drie")], ids=["1 row", "3 rows"])
def test_list_asks_the_database_as_often_for_three_rows_as_for_one(
    model: type[models.Model],
    organisations: tuple[str, ...],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for code in organisations:
        everything(code=code)
    client = signed_in(superuser())

    with django_assert_num_queries(QUERIES[model]):
        page = client.get(list_of(model))

    assert page.status_code == 200
