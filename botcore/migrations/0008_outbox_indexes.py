from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The outbox may be long: nobody waits for an index of it.
    atomic = False

    dependencies = [("botcore", "0007_gateways")]

    operations = [
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'unclear')), fields=['number', 'tried_at'], name='outbox_unclear'),
        ),
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['number', '-sent_at'], name='outbox_pace'),
        ),
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('wa_message_id', ''), _negated=True), fields=['number', 'wa_message_id'], name='outbox_by_wa_id'),
        ),
    ]
