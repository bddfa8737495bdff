from django.db import migrations, models
from django.db.models import F, Q

# A published statement stays as it is; only, one that is still to come may once be marked as withdrawn.
LET_WITHDRAW = """
DROP TRIGGER published_stays ON consent_privacystatementversion;
CREATE TRIGGER published_stays BEFORE UPDATE ON consent_privacystatementversion
    FOR EACH ROW WHEN (
        OLD.published_at IS NOT NULL
        AND NOT (
            OLD.withdrawn_at IS NULL
            AND NEW.withdrawn_at < OLD.published_at
            AND to_jsonb(OLD) - 'withdrawn_at' = to_jsonb(NEW) - 'withdrawn_at'
        ) IS TRUE
    ) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER published_is_kept BEFORE DELETE ON consent_privacystatementversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_privacystatementversion ENABLE ALWAYS TRIGGER published_stays;
ALTER TABLE consent_privacystatementversion ENABLE ALWAYS TRIGGER published_is_kept;
"""

LET_NOBODY_WITHDRAW = """
DROP TRIGGER published_stays ON consent_privacystatementversion;
DROP TRIGGER published_is_kept ON consent_privacystatementversion;
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON consent_privacystatementversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_privacystatementversion ENABLE ALWAYS TRIGGER published_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0041_address_in_use_again")]

    operations = [
        migrations.AddField(
            model_name="privacystatementversion",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="withdrawn at"),
        ),
        migrations.AlterField(
            model_name="privacystatementversion",
            name="published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="in force from"),
        ),
        migrations.AddConstraint(
            model_name="privacystatementversion",
            constraint=models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__lt=F("published_at")),
                name="privacy_statement_withdrawn_before_its_day",
            ),
        ),
        migrations.AlterField(
            model_name="collectionpoint",
            name="privacy_statement",
            field=models.ForeignKey(
                blank=True,
                help_text="Linked from the form, and kept with each permission. A form on the web always links "
                "the version in force; what is printed keeps the version named here.",
                null=True,
                on_delete=models.PROTECT,
                related_name="collection_points",
                to="consent.privacystatementversion",
                verbose_name="privacy statement",
            ),
        ),
        migrations.RunSQL(LET_WITHDRAW, LET_NOBODY_WITHDRAW),
    ]
