from django.db import migrations


class Migration(migrations.Migration):
    """What the planner knows of the index on usernames it does not find again under the index's collation; without
    this it takes a hundred names for half the table, and reads it."""

    dependencies = [("botcore", "0014_lighter_indexes")]

    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS logs_usernames ON (lower(panel_username)) FROM botcore_messagelog",
            "DROP STATISTICS logs_usernames",
        )
    ]
