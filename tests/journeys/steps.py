"""Steps that several journeys take."""

from django.urls import reverse

from customers.models import Contact, Organisation, StaffMember
from tests import make
from tests.browser.fixtures import Visitor

NEWSLETTER = "Yes, Stichting HartHulp may e-mail me the newsletter."
CALLS = "Yes, Stichting HartHulp may call me about gifts."
PASSWORD = "een lang wachtwoord voor proeven"


def ask_for(visitor: Visitor, *wordings: str, email: str = "alice@example.org", phone: str = "") -> None:
    """Fill in the recipe book's form with these boxes ticked, and send it."""
    visitor.open("/forms/receptenboekje/")
    visitor.write("Your e-mail address", email)
    visitor.write("Your phone number", phone)
    for wording in wordings:
        visitor.tick(wording)
    visitor.press("Send")


def sign_in(visitor: Visitor, *, organisation: Organisation, role: StaffMember.Role) -> StaffMember:
    """Make a member of staff with this role, and let them sign in."""
    member = make.staff_member(organisation=organisation, username=role.value.lower(), role=role)
    visitor.open("/admin/login/")
    visitor.page.locator("[name=username]").fill(member.username)
    visitor.page.locator("[name=password]").fill(PASSWORD)
    visitor.follow(visitor.page.locator("[type=submit]"))
    return member


def give_password_again(visitor: Visitor) -> None:
    """What cannot be undone, or opens the house, is not done at a screen left open."""
    visitor.write("Your password", PASSWORD)
    visitor.press("Continue")


def begin_act(visitor: Visitor, *, contact: Contact, act: str) -> None:
    """Open the page of a contact and choose what to do."""
    visitor.open(reverse("admin:customers_contact_change", args=[contact.pk]))
    visitor.press(act)
