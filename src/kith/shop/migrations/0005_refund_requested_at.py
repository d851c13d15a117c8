from django.db import migrations, models
from django.db.models import F


def take_over(apps, schema_editor):
    """Of what is asked for at this moment, the state's own instant is when it was."""
    lines = apps.get_model("shop", "OrderLine").objects.filter(status="refund_requested")
    lines.update(refund_requested_at=F("status_at"))


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_digests")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="refund_requested_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="refund asked for"),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
