import django.db.models.deletion
from django.db import migrations, models

_PROBLEMS = [
    ("unreachable", "Does not answer"),
    ("refused", "Refuses its key"),
    ("not_activated", "Its licence is not activated"),
]


class Migration(migrations.Migration):
    dependencies = [("botcore", "0008_outbox_indexes")]

    operations = [
        migrations.CreateModel(
            name="EndedSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("driver", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=64, unique=True)),
                ("ended_at", models.DateTimeField()),
                (
                    "gateway",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="botcore.gateway"
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="gateway",
            name="base_url",
            field=models.CharField(
                blank=True,
                help_text="Such as http://waha:3000. Empty for the built-in one.",
                max_length=200,
                verbose_name="address",
            ),
        ),
        migrations.AddField(
            model_name="gateway",
            name="problem_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="gateway",
            name="told_problem",
            field=models.CharField(blank=True, choices=_PROBLEMS, max_length=20),
        ),
    ]
