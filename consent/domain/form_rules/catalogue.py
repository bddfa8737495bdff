"""Each rule a form must obey: its code, what is wrong when it is broken, and the article it comes from."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule that a form breaks: the code of the rule, a sentence that names the place, and the article."""

    code: str
    sentence: str
    article: str


@dataclass(frozen=True)
class Rule:
    """One rule; `sentence` has a place for the name of the box, field or text that breaks it."""

    code: str
    sentence: StrPromise
    article: StrPromise

    def broken_by(self, *, what: object = "", other: object = "", months: int = 0) -> Finding:
        sentence = str(self.sentence) % {"what": what, "other": other, "months": months}
        return Finding(code=self.code, sentence=sentence, article=str(self.article))


# Boxes and captions.
PRE_TICKED = Rule(
    "PRE_TICKED",
    _("The box “%(what)s” is ticked beforehand. Leave it empty: silence is no permission."),
    _("Art. 4(11) and recital 32 GDPR"),
)
CHANNEL_BUNDLED = Rule(
    "CHANNEL_BUNDLED",
    _("The wording of “%(what)s” also speaks of another channel (“%(other)s”). Ask each channel by itself."),
    _("Recitals 32 and 43 GDPR"),
)
PURPOSE_BUNDLED = Rule(
    "PURPOSE_BUNDLED",
    _("The wording of “%(what)s” also speaks of “%(other)s”. Ask each purpose by itself."),
    _("Recitals 32 and 43 GDPR"),
)
SAME_WORDING = Rule(
    "SAME_WORDING",
    _("“%(what)s” and “%(other)s” have the same wording: people cannot tell them apart."),
    _("Art. 7(2) and recital 43 GDPR"),
)
WORDING_FOLDED = Rule(
    "WORDING_FOLDED",
    _("The wording of “%(what)s” stands behind an “i” or a fold. Show it in full, beside the box or field."),
    _("Art. 7(2) GDPR"),
)
WORDING_MISSING = Rule(
    "WORDING_MISSING",
    _("“%(what)s” has no wording in this language: %(other)s."),
    _("Art. 7(2) and 12(1) GDPR"),
)
NO_WITHDRAWAL_TEXT = Rule(
    "NO_WITHDRAWAL_TEXT",
    _("“%(what)s” does not say, in each language, that people can stop at any time, and how."),
    _("Art. 7(3) GDPR"),
)
NOTICE_NOT_PUBLISHED = Rule(
    "NOTICE_NOT_PUBLISHED",
    _("The notice “%(what)s” is still a draft. Publish it first, so that its wording can be proven."),
    _("Art. 7(1) GDPR"),
)
NOTICE_OF_ANOTHER = Rule(
    "NOTICE_OF_ANOTHER",
    _("“%(what)s” is the notice of another legal entity: %(other)s. Permission counts for one alone."),
    _("Art. 4(11) and 13(1)(a) GDPR"),
)
PURPOSE_NOT_SERVED = Rule(
    "PURPOSE_NOT_SERVED",
    _("“%(what)s”: this legal entity does not have the purpose “%(other)s”."),
    _("Art. 5(1)(b) GDPR"),
)
CHANNEL_NOT_OF_PURPOSE = Rule(
    "CHANNEL_NOT_OF_PURPOSE",
    _("“%(what)s”: the purpose does not use this channel: %(other)s."),
    _("Art. 5(1)(b) GDPR"),
)
CHANNEL_WITHOUT_FIELD = Rule(
    "CHANNEL_WITHOUT_FIELD",
    _("“%(what)s” is asked, but the form has no field for the address it is about."),
    _("Art. 7(1) GDPR"),
)
CAPTION_NOT_APPROVED = Rule(
    "CAPTION_NOT_APPROVED",
    _("The caption “%(what)s” lacks an approval by the data protection officer of its published wording."),
    _("Art. 4(11) and 39(1)(b) GDPR"),
)
CAPTION_WITHOUT_FIELD = Rule(
    "CAPTION_WITHOUT_FIELD",
    _("The caption “%(what)s” stands beside no field of its channel."),
    _("Art. 7(2) GDPR"),
)
CAPTION_AT_REQUIRED_FIELD = Rule(
    "CAPTION_AT_REQUIRED_FIELD",
    _("The caption “%(what)s” stands beside a required field (%(other)s), so people cannot say no."),
    _("Art. 4(11) and 7(4) GDPR"),
)
CAPTIONS_SHARE_FIELD = Rule(
    "CAPTIONS_SHARE_FIELD",
    _("The captions “%(what)s” and “%(other)s” stand beside one field: one act, two permissions."),
    _("Recitals 32 and 43 GDPR"),
)

# Details asked.
REQUIRED_PHONE = Rule(
    "REQUIRED_PHONE",
    _("The field “%(what)s” is required. A phone number is always optional."),
    _("Art. 5(1)(c) and 7(4) GDPR"),
)
FIELD_WITHOUT_NEED = Rule(
    "FIELD_WITHOUT_NEED",
    _("The field “%(what)s” does not say why it is needed."),
    _("Art. 5(1)(c) GDPR"),
)
FIELD_NOT_NEEDED = Rule(
    "FIELD_NOT_NEEDED",
    _("The field “%(what)s” is judged not needed. Leave it out."),
    _("Art. 5(1)(c) GDPR"),
)
BIRTH_DATE_NOT_NEEDED = Rule(
    "BIRTH_DATE_NOT_NEEDED",
    _("The field “%(what)s” is asked, but no purpose on this form needs it."),
    _("Art. 5(1)(c) GDPR"),
)
NO_EMAIL_FIELD = Rule(
    "NO_EMAIL_FIELD",
    _("The form asks no e-mail address, so the person cannot get the confirmation."),
    _("Art. 7(1) and 7(3) GDPR"),
)

# The form as a whole.
NO_PRIVACY_STATEMENT = Rule(
    "NO_PRIVACY_STATEMENT", _("The form names no privacy statement."), _("Art. 13 GDPR")
)
PRIVACY_STATEMENT_NOT_PUBLISHED = Rule(
    "PRIVACY_STATEMENT_NOT_PUBLISHED",
    _("The privacy statement “%(what)s” is still a draft. Publish it first."),
    _("Art. 13 GDPR"),
)
PRIVACY_STATEMENT_WITHDRAWN = Rule(
    "PRIVACY_STATEMENT_WITHDRAWN",
    _("The privacy statement “%(what)s” was withdrawn before it began. Name another."),
    _("Art. 13 GDPR"),
)
PRIVACY_STATEMENT_OF_ANOTHER = Rule(
    "PRIVACY_STATEMENT_OF_ANOTHER",
    _("The privacy statement “%(what)s” is that of another legal entity."),
    _("Art. 13(1)(a) GDPR"),
)
CONSENT_AS_CONDITION = Rule(
    "CONSENT_AS_CONDITION",
    _("People cannot go on without permission. It must be free: make it no condition."),
    _("Art. 7(4) GDPR"),
)
NO_POSTAL_ADDRESS = Rule(
    "NO_POSTAL_ADDRESS",
    _("“%(what)s” has no postal address to which people can write."),
    _("Art. 13(1)(a) GDPR; art. 11.7(7) Telecommunications Act"),
)
NO_DATA_PROTECTION_OFFICER = Rule(
    "NO_DATA_PROTECTION_OFFICER",
    _("“%(what)s” names no data protection officer with an e-mail address."),
    _("Art. 13(1)(b) GDPR"),
)

# Consent form and transaction form.
NOTHING_ASKED = Rule(
    "NOTHING_ASKED", _("This consent form asks no permission at all."), _("Art. 5(1)(b) GDPR")
)
OPT_OUT_ON_CONSENT_FORM = Rule(
    "OPT_OUT_ON_CONSENT_FORM",
    _("A consent form has no opt-out and no notice to customers: people say yes, or they say nothing."),
    _("Art. 4(11) GDPR"),
)
CONSENT_ON_TRANSACTION_FORM = Rule(
    "CONSENT_ON_TRANSACTION_FORM",
    _("“%(what)s” asks permission on a transaction form. Ask it on a form of its own."),
    _("Art. 7(2) GDPR"),
)
NO_TRANSACTION_KIND = Rule(
    "NO_TRANSACTION_KIND",
    _("This transaction form does not say which kind of transaction it is."),
    _("Art. 11.7(4) and (5) Telecommunications Act"),
)
TRANSACTION_GIVES_NO_GROUND = Rule(
    "TRANSACTION_GIVES_NO_GROUND",
    _("“%(what)s” gives %(other)s no right to send messages, so customers may not be told so."),
    _("Art. 11.7(4) and (5) Telecommunications Act"),
)
NO_PRODUCT_GROUP = Rule(
    "NO_PRODUCT_GROUP",
    _("The form names no product group of %(what)s, so no offer counts as similar to what was bought."),
    _("Art. 11.7(4) Telecommunications Act"),
)
NO_NOTICE_TO_CUSTOMERS = Rule(
    "NO_NOTICE_TO_CUSTOMERS",
    _("The form does not tell customers that their details are used for later messages."),
    _("Art. 11.7(4)(a) Telecommunications Act"),
)
NO_OPT_OUT = Rule(
    "NO_OPT_OUT",
    _("The form has no “no, do not contact me” in this language: %(what)s."),
    _("Art. 11.7(4)(a) Telecommunications Act"),
)
