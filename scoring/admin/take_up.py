from itertools import islice
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from consent.domain.lists.opening import open_list
from consent.domain.lists.problems import ListNotReadableError
from customers.admin.scope import ReadOnlyAdmin, require, staff_of
from customers.domain.staff import Duty, has_duty
from scoring.admin.take_up_forms import TakeUpForm
from scoring.domain.attributes.keeping import SupplyRefusedError
from scoring.domain.rows import ColumnsNotKnownError, TakenUp
from scoring.domain.told import SENTENCES

MOST_ROWS: Final = 5_000


class TakesUpLists(ReadOnlyAdmin[Any]):
    """A table that nobody types in, and that a list can be added to, with a report of what was not kept."""

    change_list_template = "admin/take_up_list.html"
    take_up_form: ClassVar[type[TakeUpForm]]
    take_up_title: ClassVar[StrPromise]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.take_up_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_take_up"
        return [path("take-up/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_take_up = has_duty(staff=staff_of(request), duty=Duty.TAKE_UP_DATA)
        return super().changelist_view(request, {**(extra_context or {}), "may_take_up": may_take_up})

    def take_up_view(self, request: HttpRequest) -> HttpResponse:
        """What was kept, and each row that was not; the same list again changes nothing."""
        staff = require(request, Duty.TAKE_UP_DATA)
        form = self.take_up_form(request.POST or None, request.FILES or None, staff=staff)
        taken = read_and_take_up(form) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": self.take_up_title,
            "opts": self.opts,
            "form": form,
            "columns": form.columns() if form.is_bound else [],
            "taken": taken,
            "faults": [(line, SENTENCES[fault]) for line, fault in taken.first_faults] if taken else [],
            "now": timezone.now(),
        }
        return TemplateResponse(request, "admin/take_up.html", context)


def read_and_take_up(form: TakeUpForm) -> TakenUp | None:
    """Read the whole list before any of it is kept; what is wrong with it stands at its field."""
    try:
        with open_list(source=form.cleaned_data["file"].file) as opened:
            rows = list(islice(form.read(opened), MOST_ROWS + 1))
    except ListNotReadableError as error:
        form.add_error("file", str(error))
    except SupplyRefusedError as error:
        form.add_error("origin", str(error))
    except ColumnsNotKnownError as error:
        known = ", ".join(form.columns())
        said = {"unknown": str(error) or "…", "known": known}
        form.add_error(
            "file",
            _("These columns are missing or not known: %(unknown)s. What can be taken up: %(known)s.") % said,
        )
    else:
        if len(rows) <= MOST_ROWS:
            return form.take_up(rows)
        form.add_error("file", _("The list has more than 5,000 rows: cut it into parts."))
    return None
