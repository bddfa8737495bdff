from typing import Any

from django.apps import apps
from django.db.models import Model

from consent.domain import holdings
from customers.domain.holdings import Fate
from customers.models import Contact, ContactPoint

POINTERS = {"contact_id", "subject_id", "contact_point_id"}


def named() -> list[type[Model]]:
    return [holding.model for holding in holdings.every_holding()]


def fields_of(model: type[Model]) -> list[Any]:
    options = model._meta  # noqa: SLF001  (the documented way to a model's fields)
    return list(options.get_fields())


def test_every_table_is_named_once_as_somebodys_or_nobodys() -> None:
    """Who adds a table says here whether it can hold a person: for the copy people get, and for erasure."""
    own = [*named(), *holdings.every_table_of_nobody()]

    assert sorted(own, key=str) == sorted(apps.get_models(), key=str)


def test_table_of_nobody_leads_to_nobody() -> None:
    pointing = [
        (model.__name__, field.name)
        for model in holdings.every_table_of_nobody()
        for field in fields_of(model)
        if getattr(field, "attname", "") in POINTERS
        or (field.many_to_one and field.related_model in (Contact, ContactPoint))
    ]

    assert pointing == []


def test_every_holding_tells_columns_that_are_there_or_why_it_tells_none() -> None:
    for holding in holdings.every_holding():
        columns = {field.name for field in fields_of(holding.model)}
        assert set(holding.told) <= columns, holding.model
        if holding.fate is not Fate.DELETED and not holding.told:
            assert holding.why, holding.model
