from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The outbox may be long: nobody waits for an index of it.
    atomic = False

    dependencies = [("botcore", "0011_ended_sessions")]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="requeued_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the team had it sent again: it is too late a day after that.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="whatsappnumber",
            name="no_new_chats_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("state", "dead")),
                fields=["tenant", "-id"],
                name="outbox_dead_of_tenant",
            ),
        ),
    ]
