from django.db import transaction

from consent.domain import outbox
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.opt_in import (
    AlreadySubmittedError,
    Answers,
    Asking,
    identify,
    proof_of,
    submission_key,
    wordings_of,
)
from consent.domain.outbox import NewMessage, TooManyMessagesError
from consent.domain.relations import Answer, NewTransaction, record_transaction
from consent.models import Actor, Method, OutboxMessage, Source, in_language
from customers.domain import contacts
from customers.models import Contact, ContactPoint, RelationKind, Transaction


@transaction.atomic
def place_order(*, answers: Answers, answer: Answer, asking: Asking) -> Transaction:
    """Record the transaction of an order form: what was agreed, that the person was told, and their answer.

    Such a form never records a consent: later messages rest on the customer relation, for which people are
    told and can say no at once (art. 11.7(4)(a) Tw). Raises AlreadySubmittedError.
    """
    contact, points = identify(answers=answers, asking=asking)
    reference = f"web-{submission_key(answers=answers, asking=asking).hex[:16]}"
    if Transaction.objects.filter(contact=contact, reference=reference).exists():
        raise AlreadySubmittedError
    agreed = _agreed(contact, reference, answers, answer, asking)
    row = record_transaction(agreed=agreed, recorded_at=asking.submitted_at)
    if answers.details.birth_date is not None:
        # At once, as nothing is confirmed here: it can only take away what somebody under age may not give.
        contacts.learn_birth_date(
            contact_id=contact.pk,
            birth_date=answers.details.birth_date,
            learned_at=asking.submitted_at,
        )
    _confirm_by_mail(points.get(ContactPoint.Kind.EMAIL), answer, asking)
    return row


def _agreed(
    contact: Contact, reference: str, answers: Answers, answer: Answer, asking: Asking
) -> NewTransaction:
    form = asking.collection_point
    return NewTransaction(
        contact=contact,
        legal_entity=form.legal_entity,
        kind=RelationKind(form.transaction_kind),
        occurred_at=asking.submitted_at,
        how=_circumstances(answers, answer, asking),
        obligation_to_pay=form.transaction_kind == RelationKind.SALE,
        product_group=form.product_group,
        reference=reference,
        supplied_kinds=sorted(answers.addresses),
        told_at_collection=form.soft_optin_notice is not None,
        optout_offered=form.soft_optin_notice is not None,
        answer=answer,
    )


def _circumstances(answers: Answers, answer: Answer, asking: Asking) -> Circumstances:
    return Circumstances(
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CHECKBOX if answer is Answer.NO_CONTACT else Method.BUTTON,
        collection_point_id=asking.collection_point.pk,
        shown=_shown(asking),
        proof=proof_of(answers=answers, asking=asking),
    )


def _shown(asking: Asking) -> Wordings:
    notice = asking.collection_point.soft_optin_notice
    return wordings_of(asking=asking, notice_version=notice)


def _confirm_by_mail(email: ContactPoint | None, answer: Answer, asking: Asking) -> None:
    form = asking.collection_point
    if email is None or form.soft_optin_notice is None:
        return
    told = in_language(form.soft_optin_notice.wording, asking.language)
    said_no = in_language(form.optout_wording, asking.language)
    message = NewMessage(
        kind=OutboxMessage.Kind.CONFIRMATION,
        legal_entity=form.legal_entity,
        contact_point=email,
        language=asking.language,
        content={
            "form": in_language(form.title, asking.language),
            "agreed_at": asking.submitted_at.isoformat(),
            "permissions": [],
            "told": told if answer is Answer.NOTHING_SAID else "",
            "said_no": said_no if answer is Answer.NO_CONTACT else "",
            "withdrawal": in_language(form.soft_optin_notice.withdrawal, asking.language),
        },
    )
    try:
        outbox.write_for_stranger(message=message, written_at=asking.submitted_at)
    except TooManyMessagesError:
        # The order stands; only the mail about it is left out, because this address had three today.
        return
