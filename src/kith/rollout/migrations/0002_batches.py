"""From three states of a feature to batches: whoever is let in before is let in after."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def convert(apps, schema_editor):
    Feature = apps.get_model('rollout', 'Feature')
    Batch = apps.get_model('rollout', 'Batch')
    Listed = apps.get_model('rollout', 'Listed')
    for feature in Feature.objects.all():
        since = feature.changed_at
        if feature.openness == 'all':
            Batch.objects.create(feature=feature, kind='everyone', starts_at=since)
        rows = Listed.objects.filter(feature=feature)
        if feature.openness == 'listed' or rows.exists():
            # A list that let nobody in is kept, paused, so that it is not lost.
            paused = None if feature.openness == 'listed' else since
            batch = Batch.objects.create(feature=feature, kind='people', starts_at=since, paused_at=paused)
            rows.update(batch=batch)
    if schema_editor.connection.vendor == 'postgresql':
        # Foreign keys are looked at by the end of the transaction; until then no table can be altered.
        schema_editor.execute('SET CONSTRAINTS ALL IMMEDIATE')
        schema_editor.execute('SET CONSTRAINTS ALL DEFERRED')


class Migration(migrations.Migration):

    dependencies = [
        ('rollout', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='feature',
            name='state',
            field=models.CharField(choices=[('open', 'open to its batches'), ('closed', 'closed for all'), ('winding_down', 'winding down')], default='open', max_length=12, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='feature',
            name='wound_down_on',
            field=models.DateField(blank=True, null=True, verbose_name="last day for taking what is one's own"),
        ),
        migrations.AddField(
            model_name='feature',
            name='purged_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='purged'),
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feature', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='rollout.feature')),
                ('kind', models.CharField(choices=[('everyone', 'everybody'), ('share', 'a share of all people'), ('people', 'people on a list'), ('region', 'a region'), ('age', 'an age'), ('joined', 'who signed up before a date')], max_length=8, verbose_name='whom')),
                ('per_ten_thousand', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('region', models.CharField(blank=True, max_length=6)),
                ('age_from', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('age_to', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('joined_before', models.DateTimeField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
            ],
            options={
                'verbose_name': 'batch',
                'verbose_name_plural': 'batches',
            },
        ),
        migrations.AddField(
            model_name='listed',
            name='batch',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rollout.batch'),
        ),
        migrations.RunPython(convert),
        migrations.RemoveConstraint(model_name='listed', name='listed_once'),
        migrations.RemoveField(model_name='listed', name='feature'),
        migrations.AlterField(
            model_name='listed',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rollout.batch'),
        ),
        migrations.RemoveField(model_name='feature', name='openness'),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rollout.feature', verbose_name='feature')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('surface', models.CharField(max_length=10, verbose_name='where')),
                ('what', models.CharField(choices=[('set-up', 'set up'), ('batch-opened', 'opened to a batch'), ('batch-changed', 'batch changed'), ('batch-paused', 'batch paused'), ('batch-resumed', 'batch goes on'), ('batch-removed', 'batch removed'), ('admitted', 'let in from the waiting list'), ('closed', 'closed for all'), ('reopened', 'opened again'), ('winding-down', 'began to wind down'), ('purged', 'content purged')], max_length=20, verbose_name='what')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
                ('why', models.TextField(blank=True, verbose_name='why')),
            ],
            options={
                'verbose_name': 'change of a feature',
                'verbose_name_plural': 'log of features',
                'indexes': [models.Index(fields=['feature', '-at', '-id'], name='log_of_a_feature')],
            },
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feature', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rollout.feature')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'indexes': [models.Index(fields=['feature', 'since', 'id'], name='waiting_in_turn')],
                'constraints': [models.UniqueConstraint(fields=('feature', 'person'), name='waits_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='feature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'winding_down'), ('wound_down_on__isnull', False)), models.Q(models.Q(('state', 'winding_down'), _negated=True), ('purged_at', None), ('wound_down_on', None)), _connector='OR'), name='winding_down_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'share'), _negated=True), models.Q(('per_ten_thousand__gte', 1), ('per_ten_thousand__lte', 10000)), _connector='OR'), name='share_of_ten_thousand'),
        ),
        migrations.AddConstraint(
            model_name='listed',
            constraint=models.UniqueConstraint(fields=('batch', 'person'), name='listed_once_in_a_batch'),
        ),
    ]
