from django.db import migrations

# What staff changed until now stood in the admin's own log, in words that can name a person. Who, when and
# which row come along; the words do not.
TAKE_OVER = """
INSERT INTO customers_staffact
    (id, organisation_id, staff_id, role, done_at, act, model, object_key, contact_id, fields, page, network)
SELECT gen_random_uuid(), member.organisation_id, member.id, member.role, log.action_time,
       CASE log.action_flag WHEN 1 THEN 'ADDED' WHEN 2 THEN 'CHANGED' ELSE 'DELETED' END,
       kind.app_label || '.' || kind.model, left(log.object_id, 100),
       CASE WHEN kind.app_label = 'customers' AND kind.model = 'contact' THEN log.object_id::uuid END,
       '{}', 'admin', ''
FROM django_admin_log log
JOIN customers_staffmember member ON member.id = log.user_id
JOIN django_content_type kind ON kind.id = log.content_type_id;
DELETE FROM django_admin_log;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_acts_of_staff"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop)]
