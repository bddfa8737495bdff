"""What staff may do for a contact: the words, the duty and the form of each act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin import act_calls, record_forms, rights_forms, stop_forms
from consent.admin.act_calls import Given
from consent.admin.act_form import ActForm
from consent.admin.story import Story
from consent.domain import relations, restrictions, verification
from consent.domain.rights.receiving import AlreadyAskedError
from consent.domain.staff_entry import PermissionNotRecordableError
from consent.domain.withdrawals import STANDING
from customers.domain.addresses import AddressNotUsableError
from customers.domain.staff import Duty
from customers.models import ContactPoint


def always(_story: Story) -> bool:
    return True


def has_standing_permission(story: Story) -> bool:
    permissions = [one for row in story.matrix.rows for _channel, cell in row.cells for one in cell]
    return any(one.record.status in STANDING for one in permissions)


def has_running_contract(story: Story) -> bool:
    return any(relation.runs_on for relation in story.relations)


def has_relation(story: Story) -> bool:
    return bool(story.relations)


def has_number(story: Story) -> bool:
    return any(point.kind == ContactPoint.Kind.PHONE for point in story.points)


def has_address(story: Story) -> bool:
    return bool(story.points)


def is_restricted(story: Story) -> bool:
    return story.stops.restriction is not None


def is_not_restricted(story: Story) -> bool:
    return story.stops.restriction is None


@dataclass(frozen=True, kw_only=True)
class ContactAct:
    """One act: its name in the address, its words, the duty it needs, its form, and the domain call."""

    slug: str
    title: StrPromise
    lead: StrPromise
    button: StrPromise
    done: StrPromise
    duty: Duty
    form: type[ActForm]
    perform: Callable[[Given], object]
    applies: Callable[[Story], bool] = always
    refusals: Mapping[type[Exception], StrPromise] = field(default_factory=dict)


ACTS = (
    ContactAct(
        slug="object",
        title=_("Record an objection"),
        lead=_("“Don't contact me” counts at once and beats every older permission (art. 21 GDPR)."),
        button=_("Record the objection"),
        done=_("The objection is recorded and counts from now."),
        duty=Duty.RECORD_OBJECTION,
        form=stop_forms.ObjectionForm,
        perform=act_calls.object_,
    ),
    ContactAct(
        slug="withdraw",
        title=_("Withdraw a permission"),
        lead=_("The person takes back one permission. It counts at once (art. 7(3) GDPR)."),
        button=_("Withdraw the permission"),
        done=_("The permission is withdrawn from now."),
        duty=Duty.WITHDRAW,
        form=stop_forms.WithdrawalForm,
        perform=act_calls.withdraw,
        applies=has_standing_permission,
    ),
    ContactAct(
        slug="permission",
        title=_("Record a permission"),
        lead=_("Permission by phone, message, paper or event needs its own proof (art. 7(1) GDPR)."),
        button=_("Record the permission"),
        done=_("Recorded. What is missing stands beside it."),
        duty=Duty.RECORD_PERMISSION,
        form=record_forms.PermissionForm,
        perform=act_calls.enter_permission,
        refusals={PermissionNotRecordableError: _("This cannot be recorded: the facts do not fit together.")},
    ),
    ContactAct(
        slug="transaction",
        title=_("Record a transaction"),
        lead=_("A sale, gift, volunteer work or visit starts or renews a customer relation."),
        button=_("Record the transaction"),
        done=_("The transaction is recorded and the relation is kept up to date."),
        duty=Duty.RECORD_TRANSACTION,
        form=record_forms.TransactionForm,
        perform=act_calls.enter_transaction,
        refusals={
            relations.TransactionNotRecordableError: _(
                "This cannot be recorded: the facts do not fit together. A sale has an obligation to pay; "
                "who could say no was also told; the product group belongs to the legal entity."
            )
        },
    ),
    ContactAct(
        slug="end-contract",
        title=_("End a contract"),
        lead=_("From the end of the contract or of the work, the term of three years runs."),
        button=_("Record the end"),
        done=_("The end is recorded and the term runs."),
        duty=Duty.RECORD_TRANSACTION,
        form=record_forms.ContractEndForm,
        perform=act_calls.end_contract,
        applies=has_running_contract,
        refusals={relations.ContractNotRunningError: _("The end lies before the beginning.")},
    ),
    ContactAct(
        slug="address",
        title=_("Add an address"),
        lead=_("A new e-mail address or phone number of this contact."),
        button=_("Add the address"),
        done=_("The address is added. It is not verified yet."),
        duty=Duty.ADD_ADDRESS,
        form=record_forms.AddressForm,
        perform=act_calls.add_address,
        refusals={AddressNotUsableError: _("This is no e-mail address or phone number we can use.")},
    ),
    ContactAct(
        slug="verify",
        title=_("Verify a number by call-back"),
        lead=_("Call the number. The person reads you the code from the screen (Code Telemarketing 2024)."),
        button=_("Check the code"),
        done=_("The number is verified."),
        duty=Duty.VERIFY_NUMBER,
        form=record_forms.CallBackForm,
        perform=act_calls.verify_number,
        applies=has_number,
        refusals={
            verification.CodeWrongError: _("This is not the code. Ask the person to read it again."),
            verification.CodeExpiredError: _("The code is too old. The person can ask for a new one."),
            verification.CodeUsedError: _("The number is verified already."),
            verification.TooManyTriesError: _("Too many tries. The person can ask for a new code."),
            verification.NotAskedThisWayError: _("Nobody waits for this call."),
        },
    ),
    ContactAct(
        slug="block",
        title=_("Block an address"),
        lead=_(
            "Nothing goes to a blocked address, whoever holds it later. "
            "For contact with this person alone, an objection is enough."
        ),
        button=_("Block the address"),
        done=_("The address is blocked from now."),
        duty=Duty.SUPPRESS,
        form=stop_forms.BlockForm,
        perform=act_calls.block_address,
        applies=has_address,
    ),
    ContactAct(
        slug="restrict",
        title=_("Restrict processing"),
        lead=_("From now on the data is only stored: no message, not even service (art. 18 GDPR)."),
        button=_("Restrict processing"),
        done=_("Processing is restricted from now."),
        duty=Duty.RESTRICT,
        form=stop_forms.RestrictionForm,
        perform=act_calls.restrict,
        applies=is_not_restricted,
        refusals={restrictions.AlreadyRestrictedError: _("Processing is restricted already.")},
    ),
    ContactAct(
        slug="lift-restriction",
        title=_("Lift the restriction"),
        lead=_("Tell the person before you lift a restriction (art. 18(3) GDPR)."),
        button=_("Lift the restriction"),
        done=_("The restriction is lifted from now."),
        duty=Duty.RESTRICT,
        form=stop_forms.LiftForm,
        perform=act_calls.lift_restriction,
        applies=is_restricted,
        refusals={restrictions.NotRestrictedError: _("Processing is not restricted.")},
    ),
    ContactAct(
        slug="rights",
        title=_("Write down a rights request"),
        lead=_("Whoever asks something about their own data gets an answer within a month (art. 12 GDPR)."),
        button=_("Write the request down"),
        done=_("The request is written down; its clock runs from the moment it came."),
        duty=Duty.ENTER_REQUEST,
        form=rights_forms.EnterForm,
        perform=act_calls.enter_request,
        refusals={AlreadyAskedError: _("This person asked the same already. It is not answered yet.")},
    ),
    ContactAct(
        slug="longer-term",
        title=_("Keep relations longer"),
        lead=_("Longer than three years takes a recorded balancing test and the committee's opinion."),
        button=_("Record the longer term"),
        done=_("The longer term is recorded for every relation it covers."),
        duty=Duty.EXTEND_TERM,
        form=record_forms.TermForm,
        perform=act_calls.extend_term,
        applies=has_relation,
    ),
)
ACT_BY_SLUG = {act.slug: act for act in ACTS}
