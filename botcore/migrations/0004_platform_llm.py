import django.core.validators
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import smmbot.lib.crypto


class Migration(migrations.Migration):
    # The outbox may be long: nobody waits for an index of it.
    atomic = False

    dependencies = [("botcore", "0003_logs")]

    operations = [
        migrations.CreateModel(
            name="PlatformLlm",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("base_url", models.CharField(blank=True, help_text="Of an OpenAI-compatible service, with /v1.", max_length=300, validators=[django.core.validators.URLValidator(["https", "http"])], verbose_name="base URL")),
                ("api_key", smmbot.lib.crypto.EncryptedTextField(verbose_name="API key")),
                ("model", models.CharField(blank=True, help_text="Such as gpt-4o-mini.", max_length=120)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "LLM default",
                "verbose_name_plural": "LLM default",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_platform_llm")],
            },
        ),
        migrations.AlterModelOptions(name="whatsappnumber", options={"verbose_name": "WhatsApp number"}),
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(condition=models.Q(("state", "dead")), fields=["-id"], name="outbox_dead"),
        ),
    ]
