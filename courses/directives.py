"""The blocks that come with the format itself: callouts, details, tabs, diagrams, recordings. None of them asks a learner anything.

Their names and options are MyST's where MyST has them, so that editors and authors know them already.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

from pydantic import Field

from courses import embeds, tabs
from courses.blocks import Block, BlockKind, BodySource, Flag, Settings
from courses.callouts import titled
from courses.glossary import Glossary
from courses.html import diagram
from courses.includes import Include
from courses.problems import N_, Report
from courses.text import plain_text


class TextSettings(Settings):
    """No options: a title behind the name, and text."""

    text: str = Field(default="", json_schema_extra={"from_body": True})


class _Static(BlockKind[TextSettings]):
    Settings = TextSettings

    def text(self, block: Block[TextSettings]) -> str:
        """Its words."""
        return plain_text(self.settings_of(block).text)

    def html(self, block: Block[TextSettings]) -> str | None:
        """It stands in the page."""
        return self.settings_of(block).text


class Callout(_Static):
    """A text set apart, with a title or that of its kind."""

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """The text in its frame."""
        title = titled(source.title, self.name, source.language)
        return {
            "text": f'<div class="admonition {self.name}"><p class="admonition-title">{title}</p>{source.html()}</div>'
        }


class Note(Callout):
    """Worth knowing."""

    name = "note"
    summary = N_("A callout: something worth knowing. The same as `> [!NOTE]`.")
    example = N_(":::{note} By the way\nA text **set apart**.\n:::\n")


class Tip(Callout):
    """A good way."""

    name = "tip"
    summary = N_("A callout: advice.")
    example = N_(":::{tip} Save an evening\nPrepare the questions the day before.\n:::")


class Hint(Callout):
    """A push in the right direction."""

    name = "hint"
    summary = N_("A callout: a hint.")
    example = N_(":::{hint} Where to look\nThe answer is in the second paragraph.\n:::")


class Important(Callout):
    """Not to be missed."""

    name = "important"
    summary = N_("A callout: something not to be missed.")
    example = N_(":::{important} Before you begin\nSave your work.\n:::")


class Warning(Callout):
    """Take care."""

    name = "warning"
    summary = N_("A callout: something to be careful with.")
    example = N_(":::{warning} Hot\nThe plate stays hot for ten minutes.\n:::")


class Caution(Callout):
    """Take more care."""

    name = "caution"
    summary = N_("A callout: something that may go wrong.")
    example = N_(":::{caution} Others read this too\nLeave out the names of children.\n:::")


class Attention(Callout):
    """Look here."""

    name = "attention"
    summary = N_("A callout: something to pay attention to.")
    example = N_(":::{attention} The room has changed\nWe meet in room 12.\n:::")


class Danger(Callout):
    """Do not."""

    name = "danger"
    summary = N_("A callout: a danger.")
    example = N_(":::{danger} Never the other way round\nAcid goes into water, not water into acid.\n:::")


class SeeAlso(Callout):
    """More elsewhere."""

    name = "seealso"
    summary = N_("A callout: where to read on.")
    example = N_(":::{seealso} More about this\nThe site of [Unesco](https://www.unesco.org/).\n:::")


class DetailsSettings(TextSettings):
    """`open`: shown unfolded from the beginning."""

    open: Flag = Field(default=False, description=N_("Whether it is unfolded from the beginning."), examples=["true"])


class Details(BlockKind[DetailsSettings]):
    """A text to be unfolded."""

    name = "details"
    Settings = DetailsSettings
    summary = N_("A text that unfolds when its title is pressed. The same as `??? note`.")
    example = N_(":::{details} Why?\nBecause it helps to think first.\n:::\n")

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """Title and text."""
        title = titled(source.title, "details", source.language)
        return {"text": f"<summary>{title}</summary>{source.html()}"}

    def html(self, block: Block[DetailsSettings]) -> str | None:
        """It stands in the page."""
        settings = self.settings_of(block)
        return f"<details{' open' if settings.open else ''}>{settings.text}</details>"

    def text(self, block: Block[DetailsSettings]) -> str:
        """Its words."""
        return plain_text(self.settings_of(block).text)


class Dropdown(Details):
    """MyST's name for the same."""

    name = "dropdown"
    summary = N_("The same as `details`.")
    example = N_(":::{dropdown} The answer\nForty-two.\n:::")


_TABS = N_("::::{tab-set}\n:::{tab-item} By train\nTwo hours.\n:::\n:::{tab-item} By bus\nThree hours.\n:::\n::::\n")


class TabItem(_Static):
    """One tab."""

    name = "tab-item"
    within: ClassVar[str] = "tab-set"
    summary = N_("One tab of a `tab-set`.")
    example = _TABS

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """Its title and text."""
        return {"text": tabs.item(titled(source.title or "…", "", source.language), source.html())}


class TabSet(_Static):
    """Tabs."""

    name = "tab-set"
    summary = N_('Texts behind tabs, of which one is shown. The same as `=== "Title"`.')
    example = _TABS

    def grammar(self) -> Sequence[str]:
        """What may stand in the body."""
        return (N_("Blocks `tab-item`, each with the title of its tab; the outer fence has one colon more."),)

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """The tabs together."""
        return {"text": tabs.gathered(source.html(), tabs.name_of(source.path, source.name))}


class Mermaid(BlockKind[TextSettings]):
    """A diagram, shown as its text (see the decision about it)."""

    name = "mermaid"
    Settings = TextSettings
    summary = N_(
        "A diagram in the Mermaid language; its text is shown, as drawing it would need scripts and styles of strangers."
    )
    example = N_("```{mermaid} From question to answer\ngraph LR; Question --> Answer\n```\n")

    def grammar(self) -> Sequence[str]:
        """What may stand in the body."""
        return (N_("The diagram in the Mermaid language, kept as it is."),)

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """The figure."""
        return {"text": diagram(source.text, source.title, source.language).replace("<pre>", '<pre tabindex="0">')}

    def html(self, block: Block[TextSettings]) -> str | None:
        """It stands in the page."""
        return self.settings_of(block).text


class RecordingSettings(Settings):
    """`title`: what it is called, for those who cannot see it · `captions`: a file .vtt beside the text · `poster`: a picture shown
    before it begins."""

    title: str = Field(
        default="",
        description=N_("What it is called, for those who cannot see or hear it."),
        examples=[N_("A lesson in the fifth form")],
    )
    captions: str = Field(
        default="", description=N_("A file of captions beside the text."), examples=["media/lesson.vtt"]
    )
    poster: str = Field(
        default="", description=N_("A picture shown before a video begins."), examples=["media/lesson.jpg"]
    )
    player: str = Field(default="", json_schema_extra={"from_body": True})
    text: str = Field(default="", json_schema_extra={"from_body": True})


class _Recording(BlockKind[RecordingSettings]):
    Settings = RecordingSettings
    endings: ClassVar[tuple[str, ...]] = ()

    def grammar(self) -> Sequence[str]:
        """What may stand in the body."""
        return (
            N_(
                "Behind the name of the block: a file beside the text, or the address of a page on one of the known hosts."
            ),
            N_("In the body: a caption in Markdown."),
        )

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """The caption; the rest is made when the options are known."""
        return {"text": source.html()}

    def complete(self, settings: RecordingSettings, source: BodySource, report: Report) -> RecordingSettings:
        """With the recording as it stands in the page."""
        address = source.title.strip()
        made = self._elsewhere if re.match(r"(https?:)?//", address) else self._own
        return settings.model_copy(update={"player": made(settings, address, source, report)})

    def html(self, block: Block[RecordingSettings]) -> str | None:
        """It stands in the page."""
        return self.settings_of(block).player

    def _elsewhere(self, settings: RecordingSettings, address: str, source: BodySource, report: Report) -> str:
        found = embeds.player(address)
        if isinstance(found, embeds.Player):
            return embeds.figure(found, settings.title, settings.text, source.language, source.name)
        report.add(
            source.opened,
            1,
            "recording-host",
            N_("On {host} there is nothing to be played at {address}.")
            if found
            else N_("Recordings cannot be shown from {address}."),
            hint=N_("Copy the address of the page the recording is on.")
            if found
            else N_("Known hosts: {known}. Link to others: [title]({address})."),
            host=found or "",
            address=address[:200],
            known=", ".join(host.name for host in embeds.HOSTS),
        )
        return settings.text

    def _own(self, settings: RecordingSettings, address: str, source: BodySource, report: Report) -> str:
        if posixpath.splitext(address)[1].lower() not in self.endings:
            report.add(
                source.opened,
                1,
                "recording-file",
                N_("“{address}” is no file that browsers play.") if address else N_("It is not said what to play."),
                hint=N_(
                    "Write behind the name of the block a file ({endings}) or the address of a page on one of: {known}."
                ),
                address=address[:200],
                endings=", ".join(self.endings),
                known=", ".join(host.name for host in embeds.HOSTS),
            )
            return settings.text
        src = source.link(address, self.name, source.opened)
        if src is None:
            return settings.text
        track = source.link(settings.captions, "track", source.opened) if settings.captions else None
        poster = (
            source.link(settings.poster, "img", source.opened) if settings.poster and self.name == "video" else None
        )
        if self.name == "video" and not settings.captions:
            report.warn(
                source.opened,
                1,
                "captions-missing",
                N_("The video {address} has no captions for those who cannot hear it."),
                hint=N_("Put a file with the ending .vtt beside it and add a line :captions: {captions}"),
                address=address,
                captions=posixpath.splitext(address)[0] + ".vtt",
            )
        label = escape(settings.title or posixpath.basename(address))
        player = (
            f'<{self.name} controls preload="metadata" src="{escape(src)}" aria-label="{label}"'
            + (f' poster="{escape(poster)}"' if poster else "")
            + ">"
            + (
                f'<track kind="captions" src="{escape(track)}" srclang="{escape(source.language)}" default>'
                if track
                else ""
            )
            + f'<a href="{escape(src)}">{label}</a></{self.name}>'
        )
        return f'<figure class="recording">{player}{f"<figcaption>{settings.text}</figcaption>" if settings.text else ""}</figure>'

    def text(self, block: Block[RecordingSettings]) -> str:
        """Its words."""
        settings = self.settings_of(block)
        return f"{settings.title} {plain_text(settings.text)}".strip()


class Video(_Recording):
    """``:::{video} address``."""

    name = "video"
    endings = (".mp4", ".webm", ".m4v")
    summary = N_("A video: a file of the course, or one on a known host that is loaded only when somebody asks for it.")
    example = N_(
        ":::{video} https://rutube.ru/video/0123456789abcdef0123456789abcdef/\n:title: A lesson\nThe whole lesson.\n:::\n"
    )


class Audio(_Recording):
    """``:::{audio} address``."""

    name = "audio"
    endings = (".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav")
    summary = N_(
        "A sound recording: a file of the course, or one on a known host that is loaded only when somebody asks for it."
    )
    example = N_(":::{audio} media/greeting.mp3\n:title: A greeting\nA minute of welcome.\n:::")


KINDS: Mapping[str, BlockKind[Any]] = {
    kind.name: kind
    for kind in (
        Note(), Tip(), Hint(), Important(), Warning(), Caution(), Attention(), Danger(), SeeAlso(), Details(), Dropdown(),
        TabSet(), TabItem(), Mermaid(), Video(), Audio(), Glossary(), Include(),
    )
}  # fmt: skip
"""By name. A plugin that brings a kind of the same name takes its place."""
