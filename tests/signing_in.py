"""Members of staff at their screens: signed in, with their password just given again or not."""

from django.test import Client
from django.utils import timezone

from config.step_up import GIVEN_AT
from customers.models import StaffMember


def sign_in(client: Client, staff: StaffMember) -> None:
    """The password was given again a moment ago, so that no page asks for it."""
    client.force_login(staff)
    session = client.session
    session[GIVEN_AT] = timezone.now().timestamp()
    session.save()
