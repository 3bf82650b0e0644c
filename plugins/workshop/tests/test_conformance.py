from typing import ClassVar

from lms.plugin import Plugin
from lms.testing import PluginConformance
from lms_workshop import plugin


class TestConformance(PluginConformance):
    plugin: ClassVar[Plugin] = plugin
    lesson: ClassVar[str] = (
        "Текст урока.\n\n:::{workshop} Сценарий\n---\nid: sample\nphases:\n  submission: {closes: day 3}\n---\n"
        "Напишите.\n\n| Критерий | Баллы |\n|---|---|\n| Ясность | 10 |\n:::\n\n"
        ":::{masterclass} Вопрос\n---\nid: second\nphases:\n  attempt: {closes: day 3}\n---\nПоказ.\n\n***\n\nЗадание.\n:::\n"
    )
    block: ClassVar[str] = "sample"
