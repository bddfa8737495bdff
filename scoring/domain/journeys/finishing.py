"""Tasks that a journey, or a colleague, gives to colleagues."""

import datetime

from customers.models import StaffMember
from scoring.models import ColleagueTask


class TaskDoneError(ValueError):
    """Somebody did this task before."""


def finish_task(*, task: ColleagueTask, done_by: StaffMember, done_at: datetime.datetime) -> None:
    """Note that a task is done, once: of two colleagues the first. Raises TaskDoneError."""
    open_task = ColleagueTask.objects.filter(pk=task.pk, done_at__isnull=True)
    if not open_task.update(done_at=done_at, done_by=done_by):
        raise TaskDoneError(task.pk)
