import pytest

from customers.models import CustomerRelation, RelationKind
from tests import make


@pytest.mark.django_db
def test_builders_make_rows_the_database_accepts() -> None:
    huisgroep = make.organisation()
    lampenwinkel = make.legal_entity(organisation=huisgroep)
    lampen = make.product_group(legal_entity=lampenwinkel)
    lichtbronnen = make.product_group(legal_entity=lampenwinkel, code="lichtbronnen")
    agent = make.staff_member(organisation=huisgroep, legal_entities=[lampenwinkel])
    offers = make.purpose(organisation=huisgroep, legal_entities=[lampenwinkel])
    notice = make.notice_version(legal_entity=lampenwinkel, purpose=offers)
    statement = make.privacy_statement(legal_entity=lampenwinkel)
    form = make.collection_point(legal_entity=lampenwinkel, privacy_statement=statement)
    alice = make.contact(organisation=huisgroep)

    make.product_similarity(product_group=lampen, similar_group=lichtbronnen)
    make.caller_number(legal_entity=lampenwinkel)
    make.collection_field(collection_point=form)
    make.collection_choice(collection_point=form, notice_version=notice)
    sale = make.transaction(contact=alice, legal_entity=lampenwinkel, product_group=lampen)

    assert [
        make.email_point(contact=alice).value,
        make.phone_point(contact=alice).value,
        make.postal_point(contact=alice).value,
    ] == ["alice@example.org", "+31200000101", "NL 1000AA DORPSSTRAAT 1"]
    assert [*agent.legal_entities.all(), *offers.legal_entities.all()] == [lampenwinkel, lampenwinkel]
    assert (sale.kind, CustomerRelation.objects.count()) == (RelationKind.SALE, 0)
