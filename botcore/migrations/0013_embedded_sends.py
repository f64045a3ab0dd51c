import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("botcore", "0012_outbox_waits")]

    operations = [
        migrations.CreateModel(
            name="EmbeddedSend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_ref", models.CharField(max_length=100)),
                (
                    "secret",
                    models.BinaryField(help_text="The library stores it with the message's id before it sends."),
                ),
                ("device", models.CharField(blank=True, help_text="The link it was begun on.", max_length=80)),
                (
                    "message_id",
                    models.CharField(
                        blank=True, help_text="Empty until it is known to have gone out.", max_length=128
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sends",
                        to="botcore.embeddedsession",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "client_ref"), name="a_reference_is_sent_once")
                ],
            },
        ),
    ]
