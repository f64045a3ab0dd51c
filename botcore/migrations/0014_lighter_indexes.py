import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


def without_its_index(model, field, name, index, column):
    """The field as the model has it now. Django would drop the foreign key with the index and check every row anew."""
    table = f"botcore_{model}"
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AlterField(model_name=model, name=name, field=field)],
        database_operations=[
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} ({column})",
            )
        ],
    )


class Migration(migrations.Migration):
    # Messages and logs may be long: nobody waits for their indexes.
    atomic = False

    dependencies = [("botcore", "0013_embedded_sends")]

    operations = [
        AddIndexConcurrently(
            model_name="messagelog",
            index=models.Index(
                models.F("tenant"),
                django.db.models.functions.comparison.Collate(
                    django.db.models.functions.text.Lower("panel_username"), "C"
                ),
                models.F("support_status"),
                models.OrderBy(models.F("created_at"), descending=True),
                condition=models.Q(("panel_username", ""), _negated=True),
                include=("panel_username",),
                name="logs_by_panel_username",
            ),
        ),
        RemoveIndexConcurrently(model_name="messagelog", name="logs_by_username"),
        without_its_index(
            "messagelog",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenants.tenant",
            ),
            "tenant",
            "botcore_messagelog_tenant_id_d01f779b",
            "tenant_id",
        ),
        without_its_index(
            "messagelog",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="logs",
                to="botcore.inboxmessage",
            ),
            "message",
            "botcore_messagelog_message_id_3f02b421",
            "message_id",
        ),
        without_its_index(
            "messagelog",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenants.contact",
            ),
            "contact",
            "botcore_messagelog_contact_id_b218e0a2",
            "contact_id",
        ),
        without_its_index(
            "inboxmessage",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="inbox",
                to="botcore.chat",
            ),
            "chat",
            "botcore_inboxmessage_chat_id_b371716f",
            "chat_id",
        ),
        without_its_index(
            "outboxmessage",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="outbox",
                to="botcore.chat",
            ),
            "chat",
            "botcore_outboxmessage_chat_id_75c1f1ec",
            "chat_id",
        ),
        without_its_index(
            "outboxmessage",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replies",
                to="botcore.inboxmessage",
            ),
            "inbox",
            "botcore_outboxmessage_inbox_id_dfc0cb5e",
            "inbox_id",
        ),
    ]
