from django.db import migrations

from kith.core.fulltext import CreateIndex


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [CreateIndex("shop_listing_words", ["title", "merchant", "category"])]
