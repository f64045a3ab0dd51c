import django.db.models.deletion
import smmbot.lib.crypto
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('botcore', '0005_overview'),
        ('tenants', '0004_customers'),
    ]

    operations = [
        migrations.CreateModel(
            name='EmbeddedSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, unique=True)),
                ('is_wanted', models.BooleanField(default=True, help_text='False: it rests until somebody connects it again.')),
                ('state', models.CharField(choices=[('new', 'Not linked yet'), ('connecting', 'Connecting'), ('qr', 'Waiting for the QR scan'), ('passkey', 'Waiting for a passkey'), ('passkey_confirm', "Waiting for the passkey's confirmation"), ('open', 'Live'), ('closed', 'Connection lost'), ('logged_out', 'Logged out'), ('banned', 'Banned by WhatsApp')], default='new', max_length=20)),
                ('state_reason', models.CharField(blank=True, max_length=200)),
                ('device_jid', models.CharField(blank=True, max_length=80)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('lid', models.CharField(blank=True, max_length=40)),
                ('qr_text', models.CharField(blank=True, max_length=600)),
                ('qr_expires_at', models.DateTimeField(blank=True, null=True)),
                ('holder', models.CharField(blank=True, help_text='Machine and process that run it.', max_length=120)),
                ('lease_token', models.UUIDField(editable=False, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('starts', models.PositiveIntegerField(default=0, help_text='Since it was last live for a while.')),
                ('next_start_at', models.DateTimeField(blank=True, null=True)),
                ('memory_mb', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Gateway',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Tenants see it when they may choose.', max_length=60, unique=True)),
                ('driver', models.CharField(help_text='A name in botcore/gateway/registry.py.', max_length=20)),
                ('base_url', models.URLField(blank=True, help_text='Empty for the built-in one.')),
                ('api_key', smmbot.lib.crypto.EncryptedTextField(blank=True, default='', help_text='GOWA: user:password.')),
                ('is_offered', models.BooleanField(default=True, help_text='New numbers may be linked through it.')),
                ('is_default', models.BooleanField(default=False, help_text='New numbers are linked through it.')),
                ('managed_by', models.CharField(blank=True, help_text='The environment variable it comes from; its address and key follow it.', max_length=40)),
                ('version', models.CharField(blank=True, max_length=60)),
                ('problem', models.CharField(blank=True, choices=[('unreachable', 'Does not answer'), ('refused', 'Refuses its key'), ('not_activated', 'Its licence is not activated')], max_length=20)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('lid', models.CharField(blank=True, max_length=40)),
                ('is_admin', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='KeptWebhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('driver', models.CharField(max_length=20)),
                ('body', models.TextField()),
                ('problem', models.CharField(max_length=200)),
                ('received_at', models.DateTimeField()),
                ('replayed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='group',
            name='members_at',
            field=models.DateTimeField(blank=True, help_text='When its members were last listed whole.', null=True),
        ),
        migrations.AddField(
            model_name='inboxmessage',
            name='edits_id',
            field=models.CharField(blank=True, db_default='', help_text='The message whose new text this is.', max_length=128),
        ),
        migrations.AddField(
            model_name='inboxmessage',
            name='is_late',
            field=models.BooleanField(db_default=False, default=False, help_text='Sent while the number was away: logged, not acted upon.'),
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='read_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='tried_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='whatsappnumber',
            name='linked_at',
            field=models.DateTimeField(blank=True, help_text='When this phone was first linked: a young number sends less.', null=True),
        ),
        migrations.AddField(
            model_name='whatsappnumber',
            name='pause_reason',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='whatsappnumber',
            name='paused_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='whatsappnumber',
            name='send_failures',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='whatsappnumber',
            name='told_state',
            field=models.CharField(blank=True, choices=[('new', 'Not linked yet'), ('connecting', 'Connecting'), ('qr', 'Waiting for the QR scan'), ('passkey', 'Waiting for a passkey'), ('passkey_confirm', "Waiting for the passkey's confirmation"), ('open', 'Live'), ('closed', 'Connection lost'), ('logged_out', 'Logged out'), ('banned', 'Banned by WhatsApp')], max_length=20),
        ),
        migrations.AlterField(
            model_name='outboxmessage',
            name='state',
            field=models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('unclear', 'Perhaps sent'), ('suppressed', 'Silent mode'), ('dead', 'Not delivered')], default='queued', max_length=10),
        ),
        migrations.AlterField(
            model_name='sandboxsession',
            name='state',
            field=models.CharField(choices=[('new', 'Not linked yet'), ('connecting', 'Connecting'), ('qr', 'Waiting for the QR scan'), ('passkey', 'Waiting for a passkey'), ('passkey_confirm', "Waiting for the passkey's confirmation"), ('open', 'Live'), ('closed', 'Connection lost'), ('logged_out', 'Logged out'), ('banned', 'Banned by WhatsApp')], default='closed', max_length=20),
        ),
        migrations.AlterField(
            model_name='whatsappnumber',
            name='state',
            field=models.CharField(choices=[('new', 'Not linked yet'), ('connecting', 'Connecting'), ('qr', 'Waiting for the QR scan'), ('passkey', 'Waiting for a passkey'), ('passkey_confirm', "Waiting for the passkey's confirmation"), ('open', 'Live'), ('closed', 'Connection lost'), ('logged_out', 'Logged out'), ('banned', 'Banned by WhatsApp')], default='new', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='gateway',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_gateway'),
        ),
        migrations.AddConstraint(
            model_name='gateway',
            constraint=models.UniqueConstraint(condition=models.Q(('managed_by', ''), _negated=True), fields=('managed_by',), name='one_gateway_per_variable'),
        ),
        migrations.AddField(
            model_name='whatsappnumber',
            name='gateway',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='botcore.gateway'),
        ),
        migrations.AddField(
            model_name='groupmember',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='botcore.group'),
        ),
        migrations.AddField(
            model_name='groupmember',
            name='tenant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='keptwebhook',
            name='number',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='botcore.whatsappnumber'),
        ),
        migrations.AddField(
            model_name='keptwebhook',
            name='tenant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddIndex(
            model_name='groupmember',
            index=models.Index(fields=['tenant', 'phone'], name='member_by_phone'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(condition=models.Q(('lid', ''), _negated=True), fields=('group', 'lid'), name='a_lid_is_in_a_group_once'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(condition=models.Q(('phone', ''), _negated=True), fields=('group', 'phone'), name='a_phone_is_in_a_group_once'),
        ),
        migrations.AddIndex(
            model_name='keptwebhook',
            index=models.Index(fields=['number', '-id'], name='kept_webhook_newest'),
        ),
    ]
