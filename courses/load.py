"""A course's folder becomes a checked tree, in every language it is written in, with all problems of all files.

It is one module because it is one order of work: read, name, render, check, put together; the parts of it live elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from courses import check, ignore
from courses.blocks import BlockKind, BodySource
from courses.directives import KINDS
from courses.folder import Folder, Layout, ModuleFolder, Source, Text, plain_name
from courses.frontmatter import Document, opened
from courses.glossary import Entry, Glossary, Terms, entries, twice
from courses.ids import is_id, slug
from courses.includes import Included, Includer, every
from courses.links import BASE, Asked, Register, Target
from courses.memory import Memory
from courses.nearest import Nearest
from courses.page import Page, PageMaker, aliases_of, id_of
from courses.problems import N_, Problem, Report
from courses.reachable import Place, Span
from courses.requires import renamed
from courses.scan import Scanned, scan
from courses.schema import CourseMatter, LessonMatter, ModuleMatter, validate
from courses.tree import Completion, Course, Lesson, Media, Module

M = TypeVar("M", CourseMatter, ModuleMatter, LessonMatter)


@dataclass(frozen=True)
class Loaded:
    """What a folder holds. ``course`` is in the course's own language; ``translations`` are whole courses by language.

    ``files`` gives for every published media name the file on disk. ``course`` is None if there is any error (unless
    the load was lenient); ``problems`` are sorted. ``ignored`` are the warnings the author has given a reason to keep.
    """

    course: Course | None
    translations: dict[str, Course] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop publishing."""
        return [problem for problem in self.problems if problem.is_error]


def load(
    folder: Path,
    kinds: Mapping[str, BlockKind[Any]],
    *,
    lenient: bool = False,
    memory: Memory | None = None,
    span: Span | None = None,
) -> Loaded:
    """Read, check and render a course.

    ``kinds`` are the kinds of block by name, besides those that come with the format (``courses.directives``). With
    ``lenient`` there is a course even where there are errors (for previews): what is wrong falls back to defaults,
    blocks that cannot be made show their words. Whoever loads the same folder again and again gives the same ``memory``
    each time: only what changed is then read and rendered anew, and the result is the same as without it. With a
    ``span`` the dates are compared with those of a run. Whatever the files hold, nothing is raised.
    """
    report = Report("course.md")
    kinds = {**KINDS, **kinds}
    memory = memory if memory is not None else Memory()
    folder = Path(folder)
    memory.begin(folder.resolve(), dict(kinds))
    loader = _Loader(Folder(folder, report, memory), kinds, report, memory)
    courses = loader.run(span)
    memory.end()
    kept, ignored = ignore.sort_out(report.problems, loader.documents)
    failed = any(problem.is_error for problem in kept)
    if courses is None or (failed and not lenient):
        return Loaded(None, {}, {}, list(kept), list(ignored))
    main, translations = courses
    media = {name: item for course in (main, *translations.values()) for name, item in course.media.items()}
    files = {name: Path(folder) / item.path for name, item in media.items()}
    return Loaded(main, translations, files, list(kept), list(ignored))


@dataclass(frozen=True, eq=False)
class _File:
    """One file read: its front matter (with defaults in place of what is wrong) and its text, scanned.

    ``inside`` is what its includes put in, ``read`` the files they asked for, ``terms`` what it explains, with paths.
    """

    path: str
    matter: Any
    document: Document
    body: str
    body_line: int
    scanned: Scanned
    activities: tuple[_Activity, ...] = ()
    inside: Mapping[int, Included] = field(default_factory=dict)
    read: Mapping[str, Source | None] = field(default_factory=dict)
    terms: tuple[tuple[str, Entry], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Activity:
    """A directive with an id, as it was written: before anything else of it is checked. ``aliases`` have their places."""

    id: str
    path: str
    line: int
    column: int
    aliases: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, eq=False)
class _Made:
    """A page with what was found while it was made, and what it asked about the rest of the course."""

    page: Page
    problems: tuple[Problem, ...]
    asked: Asked


@dataclass
class _Lesson:
    id: str
    module: str
    files: dict[str, _File]
    pages: dict[str, Page] = field(default_factory=dict)


@dataclass
class _Module:
    id: str
    name: str
    files: dict[str, _File]
    lessons: list[_Lesson]
    pages: dict[str, Page] = field(default_factory=dict)


class _Loader:
    def __init__(self, folder: Folder, kinds: Mapping[str, BlockKind[Any]], report: Report, memory: Memory) -> None:
        self.folder = folder
        self.kinds = kinds
        self.report = report
        self.memory = memory
        self.documents: dict[str, Document] = {}
        self.files: list[_File] = []
        self.opened: set[str] = set()

    def run(self, span: Span | None) -> tuple[Course, dict[str, Course]] | None:
        layout = self.folder.layout(frozenset(kind.shelf for kind in self.kinds.values() if kind.shelf))
        if layout is None:
            return None
        texts = self._read(layout.course, CourseMatter, self.folder.root.resolve().name)
        modules = [self._module(module) for module in layout.modules]
        main: CourseMatter = texts[""].matter
        named = self._named(modules)
        check.unique_ids(named, self.report)
        check.aliases(self._aliases(modules), named, self.report)
        register = self._register(layout, modules, main.language)
        languages = [language for language in layout.languages() if self._is_foreign(layout, language, texts[""])]
        described = self._pages(texts, "", main.language, register)
        for module in modules:
            module.pages = self._pages(module.files, "", main.language, register)
            for lesson in module.lessons:
                lesson.pages = self._pages(lesson.files, lesson.id, main.language, register)
                check.translation(
                    {
                        key: check.Version(file.path, lesson.pages[key], frozenset(one.id for one in file.activities))
                        for key, file in lesson.files.items()
                    },
                    self.report,
                )
        lessons = {lesson.id: list(lesson.pages.values()) for module in modules for lesson in module.lessons}
        pages = [*described.values(), *(page for module in modules for page in module.pages.values())]
        pages += [page for found in lessons.values() for page in found]
        check.anchors((anchor for page in pages for anchor in page.anchors), lessons, self.report)
        media = dict(sorted((name, item) for page in pages for name, item in page.media.items()))
        trees = {
            language: self._course(texts, described, modules, register, media, language)
            for language in ("", *languages)
        }
        course = trees.pop("")
        check.media(self.folder, media, self.report)
        put = {path for file in self.files for path in file.read}
        self.folder.strays(path for path in layout.strays if path not in put)
        self.folder.unopened(path for path in layout.shelved if path not in self.opened)
        written = {item.id for item in named if item.what == "activity"}
        check.course(course, texts[""].document, self._places(modules), written, span, self.report)
        return course, trees

    # -- reading

    def _read(self, text: Text, model: type[M], fallback: str) -> dict[str, _File]:
        files: dict[str, _File] = {}
        for language, path in sorted(text.paths.items()):
            source = self.folder.read(path)
            made_from = (source, model, fallback)
            file: _File | None = self.memory.recall(("text", path), *made_from)
            if file is not None and any(self.folder.part(part) is not found for part, found in file.read.items()):
                file = None
            file = file or self._file(path, source, model, fallback)
            self.report.repeat(file.problems)
            files[language] = self.memory.keep(("text", path), file, *made_from)
            self.documents[path] = file.document
            self.files.append(file)
        return files

    def _file(self, path: str, source: Source, model: type[M], fallback: str) -> _File:
        report = Report(path)
        report.repeat(source.problems)
        parts, document = opened(source.text or "", report)
        matter = self._matter(model, document, report, fallback, silent=source.text is None or document.broken)
        scanned = scan(parts.body, parts.body_line, self.kinds, report)
        includer = Includer(self.folder.part, self.kinds)
        inside = includer.of(scanned, path, report)
        directives = list(every(scanned, inside, path))
        activities = tuple(
            _Activity(id, home, directive.line, directive.column, tuple(aliases_of(directive)))
            for home, directive in directives
            if "id" in self.kinds[directive.kind].Settings.model_fields and (id := id_of(directive))
        )
        terms = tuple(
            (home, entry)
            for home, directive in directives
            if directive.kind == Glossary.name
            for entry in entries(list(BodySource(directive.body, directive.body_line).lines()), report.at(home))
        )
        problems = tuple(report.problems)
        return _File(
            path, matter, document, parts.body, parts.body_line, scanned, activities, inside, includer.read, terms, problems
        )  # fmt: skip

    def _matter(self, model: type[M], document: Document, report: Report, fallback: str, silent: bool) -> M:
        """The front matter; whatever is wrong in it is reported and left at its default, so that checks can go on."""
        made, bad = validate(model, document, report if not silent else Report())
        if made is not None and not bad:
            return made
        kept = {key: value for key, value in document.data.items() if key not in bad and key in model.model_fields}
        rest = Document({"title": fallback} | kept, document.line, written=document.written)
        made, _ = validate(model, rest, Report())
        return made if made is not None else model(title=fallback)

    def _module(self, module: ModuleFolder) -> _Module:
        name = plain_name(module.name)
        files = self._read(module.index, ModuleMatter, name)
        if "" not in files:
            empty = _File(f"{module.name}/index.md", ModuleMatter(title=name), Document({}, 1), "", 1, Scanned("", ()))
            files[""] = empty
        id = self._id(files[""], name)
        return _Module(id, module.name, files, [self._lesson(text, id) for text in module.lessons])

    def _lesson(self, text: Text, module: str) -> _Lesson:
        name = plain_name(text.stem)
        files = self._read(text, LessonMatter, name)
        return _Lesson(self._id(files[""], name), module, files)

    def _id(self, file: _File, name: str) -> str:
        if file.matter.id:
            return str(file.matter.id)
        if is_id(name):
            return name
        if "id" not in file.document.data:
            self.report.at(file.path).add(
                file.document.line,
                1,
                "id",
                N_("The name “{name}” cannot be an id."),
                hint=N_("Rename it with lower-case Latin letters, digits and hyphens, or add a line id: {slug}"),
                name=name,
                slug=slug(name) or "first-steps",
            )
        return slug(name) or "x"

    def _is_foreign(self, layout: Layout, language: str, main: _File) -> bool:
        said = main.document.data.get("language", None if main.document.broken else main.matter.language)
        if language != main.matter.language or language != said:
            return True  # where the course's language could not be read, it may be any
        texts = [layout.course, *(text for module in layout.modules for text in (module.index, *module.lessons))]
        for text in texts:
            if language in text.paths:
                self.report.at(text.paths[language]).add(
                    1,
                    1,
                    "translation-of-itself",
                    N_("The course itself is written in “{language}”, so this file translates nothing."),
                    hint=N_("Remove the language from the file's name."),
                    language=language,
                )
        return False

    # -- names and links

    def _pages(self, files: Mapping[str, _File], lesson: str, main: str, register: Register) -> dict[str, Page]:
        """The pages of a lesson, or the descriptions of a module or the course, by language."""
        pages: dict[str, Page] = {}
        for key, file in files.items():
            made_from = (file, lesson, key or main)
            made: _Made | None = self.memory.recall(("page", file.path), *made_from)
            if made is None or not register.still(made.asked):
                made = self._made(*made_from, register)
            self.report.repeat(made.problems)
            self.opened |= {str(path) for question, *path in made.asked if question == "part" for path in path}
            pages[key] = self.memory.keep(("page", file.path), made, *made_from).page
        return pages

    def _made(self, file: _File, lesson: str, language: str, register: Register) -> _Made:
        report = Report(file.path)
        with register.listening() as asked:
            maker = PageMaker(file.path, lesson, language, self.kinds, register, report)
            if lesson:
                page = maker.make(file.body, file.body_line, file.scanned, file.inside)
            else:
                page = maker.describe(file.body, file.body_line)
        return _Made(page, tuple(report.problems), asked)

    def _named(self, modules: list[_Module]) -> list[check.Named]:
        named: list[check.Named] = []
        for module in modules:
            file = module.files[""]
            named.append(check.Named("module", module.id, file.path, *file.document.place(("id",))))
            for lesson in module.lessons:
                file = lesson.files[""]
                named.append(check.Named("lesson", lesson.id, file.path, *file.document.place(("id",))))
                for activity in file.activities:
                    named.append(check.Named("activity", activity.id, activity.path, activity.line, activity.column))
        return named

    def _aliases(self, modules: list[_Module]) -> list[check.Alias]:
        """Every former id with what it is the former id of."""
        found: list[check.Alias] = []
        for module in modules:
            for what, owner, file in (
                ("module", module.id, module.files[""]),
                *(("lesson", lesson.id, lesson.files[""]) for lesson in module.lessons),
            ):
                for place, id in enumerate(file.matter.aliases):
                    found.append(check.Alias(what, id, file.path, *file.document.place(("aliases", place)), owner))
            for lesson in module.lessons:
                file = lesson.files[""]
                for activity in file.activities:
                    found += [
                        check.Alias("activity", id, activity.path, line, column, activity.id)
                        for id, line, column in activity.aliases
                    ]
        return found

    def _terms(self, layout: Layout, modules: list[_Module], main: str) -> dict[str, Terms]:
        """The glossary in every language: that of the lessons in it, and of the others in the course's own."""
        found: dict[str, Terms] = {}
        for language in ("", *layout.languages()):
            defined = [
                (home, entry, f"{BASE}{module.id}/{lesson.id}/", language in lesson.files)
                for module in modules
                for lesson in module.lessons
                for home, entry in lesson.files.get(language, lesson.files[""]).terms
            ]
            twice(((home, entry) for home, entry, _, own in defined if own), self.report)
            found[language or main] = Terms((entry, address) for _, entry, address, _ in defined)
        return found

    def _register(self, layout: Layout, modules: list[_Module], main: str) -> Register:
        targets: dict[str, Target] = dict.fromkeys(layout.course.paths.values(), Target())
        blocks: dict[str, str] = {}
        for module in modules:
            targets |= dict.fromkeys((file.path for file in module.files.values()), Target(module.id))
            for lesson in module.lessons:
                paths = [file.path for file in lesson.files.values()]
                targets |= dict.fromkeys(paths, Target(module.id, lesson.id))
                for file in lesson.files.values():
                    for activity in file.activities:
                        blocks.setdefault(activity.id, lesson.id)
        aliases = self._aliases(modules)
        return Register(
            self.folder, targets, blocks, frozenset(self.kinds),
            {alias.id: alias.owner for alias in aliases if alias.what != "module"},
            {alias.id: alias.owner for alias in aliases if alias.what == "module"},
            self._terms(layout, modules, main),
            self._nearest,
        )  # fmt: skip

    def _nearest(self, words: Iterable[str], cutoff: float) -> Nearest:
        """A guesser that remembers, from one load to the next, as long as the words are the same."""
        made_from = tuple(words)
        kept: Nearest | None = self.memory.recall(("nearest", cutoff), made_from)
        return self.memory.keep(("nearest", cutoff), kept or Nearest(made_from, cutoff), made_from)

    def _places(self, modules: list[_Module]) -> dict[str, Place]:
        places: dict[str, Place] = {}
        for module in modules:
            for lesson in module.lessons:
                places[lesson.id] = Place(lesson.files[""].path, lesson.files[""].document)
                page = lesson.pages[""]
                homes = {block.id: block.path for block in page.blocks}
                for id, document in page.documents.items():
                    places.setdefault(id, Place(homes[id], document))
        return places

    # -- the tree

    def _course(
        self,
        texts: dict[str, _File],
        described: dict[str, Page],
        modules: list[_Module],
        register: Register,
        media: dict[str, Media],
        language: str,
    ) -> Course:
        file = texts.get(language, texts[""])
        main: CourseMatter = texts[""].matter
        own: CourseMatter = file.matter
        pages = [lesson.pages.get(language, lesson.pages[""]) for module in modules for lesson in module.lessons]
        name = self.folder.root.resolve().name
        return Course(
            id=main.id or (name if is_id(name) else slug(name) or "course"),
            title=own.title,
            language=language or main.language,
            hours=main.hours,
            timezone=main.timezone,
            authors=own.authors or main.authors,
            summary=own.summary or main.summary,
            description_html=described.get(language, described[""]).html,
            objectives=own.objectives or main.objectives,
            tags=own.tags or main.tags,
            license=main.license,
            aliases=main.aliases,
            completion=_completion(main.completion, register.present),
            certificate=own.certificate or main.certificate,
            modules=tuple(self._module_of(module, register, language) for module in modules),
            activities=tuple(block for page in pages for block in page.blocks),
            media=media,
            grade_items=tuple(item for page in pages for item in page.grade_items),
            deadlines=tuple(item for page in pages for item in page.deadlines),
        )

    def _module_of(self, module: _Module, register: Register, language: str) -> Module:
        file = module.files.get(language, module.files[""])
        return Module(
            id=module.id,
            title=file.matter.title,
            description_html=module.pages.get(language, module.pages[""]).html,
            lessons=tuple(self._lesson_of(lesson, register, language) for lesson in module.lessons),
            aliases=module.files[""].matter.aliases,
        )

    def _lesson_of(self, lesson: _Lesson, register: Register, language: str) -> Lesson:
        file = lesson.files.get(language, lesson.files[""])
        page = lesson.pages.get(language, lesson.pages[""])
        main: LessonMatter = lesson.files[""].matter
        own: LessonMatter = file.matter
        return Lesson(
            id=lesson.id,
            title=own.title,
            module=lesson.module,
            minutes=main.minutes or 0,
            requires=renamed(main.requires, register.present) if main.requires else None,
            summary=own.summary or main.summary,
            objectives=own.objectives or main.objectives,
            tags=own.tags or main.tags,
            path=file.path,
            body=page.pieces,
            headings=page.headings,
            blocks=tuple(block.id for block in page.blocks),
            aliases=main.aliases,
        )


def _completion(completion: Completion, present: Callable[[str], str]) -> Completion:
    """The rule with activities under their present ids."""
    if isinstance(completion.activities, str):
        return completion
    return completion.model_copy(update={"activities": tuple(map(present, completion.activities))})


__all__ = ["Loaded", "Media", "load"]
