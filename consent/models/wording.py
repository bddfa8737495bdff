from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from customers.models import Language

Wording = dict[str, str]


class WordingWidget(forms.MultiWidget):
    """One text area per language."""

    template_name = "admin/widgets/wording.html"
    group_label: StrPromise | str = ""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            language.value: forms.Textarea(attrs={"rows": 2, "lang": language.value}) for language in Language
        }
        super().__init__(widgets, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["group_label"] = self.group_label
        for part, language in zip(context["widget"]["subwidgets"], Language, strict=True):
            part["label"] = language.label
        return context

    def decompress(self, value: Wording | None) -> list[str]:
        return [(value or {}).get(language.value, "") for language in Language]


class WordingFormField(forms.MultiValueField):
    widget = WordingWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        fields = [forms.CharField(label=language.label, required=False) for language in Language]
        super().__init__(fields, require_all_fields=False, **kwargs)
        self.widget.group_label = self.label or ""

    def compress(self, data_list: list[str]) -> Wording:
        wording = {language.value: text for language, text in zip(Language, data_list, strict=False) if text}
        if self.required and len(wording) < len(Language):
            raise ValidationError(_("Write this text in every language."))
        return wording


class WordingField(models.JSONField):
    """A text in each language, as {"nl": …, "en": …}."""

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", WordingFormField)
        kwargs["form_class"] = WordingFormField
        kwargs.pop("widget", None)
        # A computed default makes Django repeat it in a hidden field, which several text areas cannot read.
        kwargs["show_hidden_initial"] = False
        return models.Field.formfield(self, **kwargs)


def in_language(wording: Wording, language: str) -> str:
    """Read a wording in a language, else in the first language that has it."""
    return wording.get(language) or next(
        (wording[choice] for choice in Language.values if wording.get(choice)), ""
    )
