from django.conf import settings
from django.db import migrations, models

from kith.core.gently import AddIndexGently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("notices", "0004_where_nobody_did_it"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexGently(
            model_name="notice",
            index=models.Index(fields=["subject"], name="notices_of_subject"),
        ),
    ]
