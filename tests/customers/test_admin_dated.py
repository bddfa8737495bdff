import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import ProductSimilarity, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in

pytestmark = pytest.mark.django_db


def test_similarity_is_entered_once_and_ended_once() -> None:
    shop = make.legal_entity(organisation=make.organisation())
    client = signed_in(make.staff_member(organisation=shop.organisation, role=StaffMember.Role.ADMINISTRATOR))
    groups = [make.product_group(legal_entity=shop, code=code, name=code) for code in ("lampen", "peertjes")]
    typed = {
        "product_group": groups[0].pk,
        "similar_group": groups[1].pk,
        "reason": "Hoort erbij.",
        "valid_from_date": "2026-01-01",
    }

    client.post(reverse("admin:customers_productsimilarity_add"), typed)
    entered = ProductSimilarity.objects.get()
    page = reverse("admin:customers_productsimilarity_change", args=[entered.pk])
    client.post(page, {**typed, "reason": "Iets anders.", "valid_until_date": "2026-12-01"})
    ended = ProductSimilarity.objects.get()
    client.post(page, {**typed, "valid_until_date": "2027-12-01"})

    assert (entered.entered_at, entered.end_entered_at) != (None, None)
    assert (ended.reason, str(ended.valid_until_date)) == ("Hoort erbij.", "2026-12-01")
    assert ended.end_entered_at is not None
    assert ended.end_entered_at <= timezone.now()
    assert ProductSimilarity.objects.get() == ended
    assert ProductSimilarity.objects.get().valid_until_date == ended.valid_until_date
    assert client.get(reverse("admin:customers_productsimilarity_delete", args=[ended.pk])).status_code == 403
