"""What a plugin tests itself with: the fixtures (through the entry point `pytest11`), a stage, and the conformance class."""

from lms.testing.conformance import PluginConformance
from lms.testing.stage import Browser, Stage

__all__ = ["Browser", "PluginConformance", "Stage"]
