from django.db import migrations, models

from kith.quality.laboratories import fold_laboratory, fold_number

BATCH = 1000
LONGEST, LONGEST_NUMBER = 120, 60


def fold_what_is_there(apps, schema_editor):
    """Fold the laboratories and numbers of all reports, and keep each laboratory as it was written.

    Of two of one merchant that turn out to be the same, the one handed in first is known by it; the other
    stays one of its own.
    """
    reports = apps.get_model("quality", "LabReport").objects
    names = ("merchant_id", "laboratory", "number")
    taken = set(reports.values_list(*names))
    ids = list(reports.order_by("submitted_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        rows = reports.in_bulk(ids[start : start + BATCH])
        some = [rows[pk] for pk in ids[start : start + BATCH]]
        for row in some:
            _fold(row, taken)
        # An upsert, which is far quicker than `bulk_update`.
        fields = ["laboratory", "laboratory_written", "number"]
        reports.bulk_create(some, update_conflicts=True, unique_fields=["id"], update_fields=fields)


def _fold(row, taken):
    was = row.merchant_id, row.laboratory, row.number
    row.laboratory_written = row.laboratory
    row.laboratory = fold_laboratory(row.laboratory)[:LONGEST]
    row.number = fold_number(row.number)[:LONGEST_NUMBER]
    is_now = row.merchant_id, row.laboratory, row.number
    if is_now != was and is_now in taken:
        row.laboratory = f"{row.laboratory[: LONGEST - 20]} {row.pk}"
    taken.add(is_now)


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="labreport",
            name="laboratory_written",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="laboratory"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="labreport", name="laboratory", field=models.CharField(max_length=120)
        ),
        migrations.RunPython(fold_what_is_there, migrations.RunPython.noop),
    ]
