"""A button that adds an empty row to a form: it is shown again as it was typed, neither saved nor judged."""

from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

MORE: Final = "_more"


class AsTypedForm(forms.ModelForm[Any]):
    """A form that says nothing of what was typed when only another row was asked for."""

    def full_clean(self) -> None:
        if MORE not in self.data:
            super().full_clean()
            return
        self._errors, self.cleaned_data = ErrorDict(), {}

    def is_valid(self) -> bool:
        return MORE not in self.data and super().is_valid()


class AsTypedFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Rows of which one more was asked for; its forms are of the kind above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and MORE in self.data:
            rows = {f"{self.prefix}-TOTAL_FORMS": str(self.total_form_count() + 1)}
            self.data = {**self.data.dict(), **rows} if isinstance(self.data, QueryDict) else self.data
            # What was counted before is counted anew.
            self.__dict__.pop("management_form", None)

    def clean(self) -> None:
        if MORE not in self.data:
            super().clean()
