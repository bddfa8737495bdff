from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.models import Wording, WordingField
from customers.models import Language


class SeveralChoicesField(forms.TypedMultipleChoiceField):
    """A box for each choice, where the model keeps an array."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, base_field: Any, max_length: int | None = None, **kwargs: Any) -> None:
        kwargs["choices"] = [choice for choice in base_field.choices if choice[0]]
        kwargs["coerce"] = base_field.coerce
        super().__init__(**kwargs)


class MomentWidget(forms.SplitDateTimeWidget):
    """A date and a time beside each other, each with its own label and the browser's own picker."""

    def __init__(self) -> None:
        date: dict[str, Any] = {"type": "date", "aria-label": _("Date")}
        time: dict[str, Any] = {"type": "time", "aria-label": _("Time")}
        super().__init__(date_attrs=date, time_attrs=time, date_format="%Y-%m-%d", time_format="%H:%M")


class DateWidget(forms.DateInput):
    """A date with the browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeWidget(forms.TimeInput):
    """A time with the browser's own picker."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ReadableWordings(BaseModelAdmin[Any]):
    """Where a wording cannot be changed, it is shown as text by language."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        texts: dict[Any, Callable[[Any], str]] = {
            stored.name: in_words(stored.name, stored.verbose_name)
            for stored in self.opts.fields
            if isinstance(stored, WordingField)
        }
        return [
            (title, {**options, "fields": [texts.get(name, name) for name in options["fields"]]})
            for title, options in fieldsets
        ]


def in_words(
    name: str, label: str | StrPromise, read: Callable[[Any], Wording] | None = None
) -> Callable[[Any], str]:
    """How a wording is shown that cannot be changed: each language by its name."""

    @admin.display(description=label)
    def text(row: Any) -> str:
        wording = read(row) if read else getattr(row, name)
        parts = ((code, word, wording[code]) for code, word in Language.choices if wording.get(code))
        return format_html_join("", '<p class="told" lang="{}"><strong>{}</strong><br>{}</p>', parts)

    return text
