from django.db import migrations

from kith.core.fulltext import CreateIndex


class Migration(migrations.Migration):
    dependencies = [("strangers", "0001_initial")]

    operations = [CreateIndex("strangers_post_words", ["text", "topic"])]
