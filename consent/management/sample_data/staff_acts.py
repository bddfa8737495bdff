import datetime

from consent.management.sample_data.by_code import find_entity, find_officer
from customers.domain.staff_acts import About, NewAct, keep_act
from customers.models import Contact, StaffAct

Act = StaffAct.Act
LOOKED_AT = 5


def load_staff_acts(*, now: datetime.datetime) -> None:
    """A morning of the officer: signed in, searched, and looked at some people."""
    officer = find_officer(entity=find_entity(code="lampenwinkel"))
    people = Contact.objects.filter(organisation=officer.organisation_id).order_by("created_at", "pk")
    begun = now - datetime.timedelta(hours=2)
    keep_act(staff=officer, new=NewAct(act=Act.SIGNED_IN, page="login", done_at=begun))
    for number, contact in enumerate(people[:LOOKED_AT], start=1):
        about = About(model=Contact, key=str(contact.pk), contact="pk", organisation="organisation")
        moment = begun + number * datetime.timedelta(minutes=7)
        new = NewAct(act=Act.LOOKED, page="customers_contact_change", done_at=moment, about=about)
        keep_act(staff=officer, new=new)
