from django.db import migrations

TOPICS = [
    ("meet", "交朋友", "Meeting people"),
    ("hobbies", "兴趣爱好", "Hobbies"),
    ("food", "吃", "Food"),
    ("health", "健康", "Health"),
    ("home", "家里的事", "At home"),
    ("money", "聊理财", "Money talk"),
    ("children", "儿女", "Children"),
    ("travel", "出去走走", "Getting out"),
    ("pets", "养花养宠", "Pets and plants"),
    ("memories", "从前的事", "The old days"),
    ("help", "问一问", "Asking for advice"),
]
"""Code, and the name in Chinese and in English, in the order of the list."""


def add_topics(apps, schema_editor):
    topic = apps.get_model("strangers", "Topic")
    topic.objects.bulk_create(
        [
            topic(code=code, name_zh=chinese, name_en=english, position=10 * position)
            for position, (code, chinese, english) in enumerate(TOPICS, start=1)
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("strangers", "0002_words")]

    operations = [migrations.RunPython(add_topics, migrations.RunPython.noop)]
