from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Inbox and logs may be long: nobody waits for an index of them.
    atomic = False

    dependencies = [("botcore", "0004_platform_llm")]

    operations = [
        AddIndexConcurrently(
            model_name="inboxmessage",
            index=models.Index(
                fields=["tenant", "received_at"],
                name="inbox_of_a_day",
                condition=models.Q(("from_me", False)),
            ),
        ),
        AddIndexConcurrently(
            model_name="messagelog",
            index=models.Index(
                fields=["tenant"],
                name="logs_undecided",
                condition=models.Q(
                    ("facts__contains", {"awaiting": "approval"}),
                    ("support_status__in", ["open", "escalated", "ticket created"]),
                ),
            ),
        ),
    ]
