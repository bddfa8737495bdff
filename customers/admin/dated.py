from typing import Any, ClassVar, TypeVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from customers.admin.scope import ScopedAdmin

M = TypeVar("M", bound=models.Model)


class DatedAdmin(ScopedAdmin[M]):
    """What answers of the past rest on: entered once, ended once, never rewritten or deleted."""

    end_field: ClassVar[str]

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        given = [field.name for field in self.opts.fields if field.editable]
        open_ended = getattr(obj, self.end_field) is None
        return tuple(name for name in given if not (open_ended and name == self.end_field))

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.entered_at = timezone.now()
        elif self.end_field in form.changed_data:
            obj.end_entered_at = timezone.now()
        super().save_model(request, obj, form, change)
