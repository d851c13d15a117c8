from django.db import migrations, models

from kith.shop.digest import digest_of

BATCH = 1000


def write_digests(apps, schema_editor):
    """Digest what every listing says, a thousand at a time."""
    listings = apps.get_model("shop", "Listing").objects.order_by("pk")
    behind = None
    while rows := list((listings if behind is None else listings.filter(pk__gt=behind))[:BATCH]):
        for row in rows:
            row.digest = digest_of(row)
        # An upsert, which is far quicker than `bulk_update`.
        listings.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=["digest"])
        behind = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_holds_and_reasons")]

    operations = [
        migrations.AddIndex(
            model_name="merchant",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="merchant_closed"
            ),
        ),
        migrations.RunPython(write_digests, migrations.RunPython.noop),
    ]
