from django.db import migrations

# Statement-level, so that UPDATE, DELETE and TRUNCATE are refused even where no row would match.
# ENABLE ALWAYS: no session setting switches it off; an owner's ALTER TABLE can, which the seal then shows.
REFUSE_CHANGES = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_consentevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_consentevent ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_shownform
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_shownform ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON consent_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_evidence ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON consent_noticeversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_noticeversion ENABLE ALWAYS TRIGGER published_stays;

CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON consent_privacystatementversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_privacystatementversion ENABLE ALWAYS TRIGGER published_stays;
"""

ALLOW_CHANGES = """
DROP TRIGGER append_only ON consent_consentevent;
DROP TRIGGER append_only ON consent_shownform;
DROP TRIGGER append_only ON consent_evidence;
DROP TRIGGER published_stays ON consent_noticeversion;
DROP TRIGGER published_stays ON consent_privacystatementversion;
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_ledger_and_permissions")]

    operations = [migrations.RunSQL(REFUSE_CHANGES, ALLOW_CHANGES)]
