from lms.testing import PluginConformance
from lms_seminar import plugin


class TestConformance(PluginConformance):
    plugin = plugin
    lesson = (
        ":::{seminar} Встречи\n---\nid: talks\nseats: 2\nsessions:\n"
        "  - {id: one, title: Первая, starts: day 1 18:00, code: мост}\n---\nО чём.\n:::\n"
    )
    block = "talks"
