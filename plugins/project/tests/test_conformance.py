from lms.testing import PluginConformance
from lms_project import plugin


class TestConformance(PluginConformance):
    plugin = plugin
    lesson = (
        ":::{project} Событие\n---\nid: event\nstages:\n  - {id: plan, title: Замысел}\n---\nСделайте событие.\n:::\n"
    )
    block = "event"
