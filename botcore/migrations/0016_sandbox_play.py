from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("botcore", "0015_username_statistics")]

    operations = [
        migrations.AddField("sandboxsession", "reason", models.CharField(blank=True, max_length=40)),
        migrations.AddField("sandboxsession", "pairing_phone", models.CharField(blank=True, max_length=20)),
        migrations.AddField("sandboxsession", "needs_passkey", models.BooleanField(default=False)),
        migrations.AddField(
            "sandboxsession", "passkey_challenge", models.CharField(blank=True, max_length=64)
        ),
        migrations.AddField("sandboxsession", "passkey_code", models.CharField(blank=True, max_length=20)),
    ]
