"""A course's folder becomes a checked tree, in every language it is written in, with all problems of all files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from courses import check
from courses.blocks import BlockKind
from courses.folder import Folder, Layout, ModuleFolder, Text, plain_name
from courses.frontmatter import Document, read, split
from courses.ids import is_id, slug
from courses.links import Register, Target
from courses.page import Page, PageMaker, aliases_of, id_of
from courses.problems import N_, Problem, Report
from courses.requires import renamed
from courses.scan import Scanned, scan
from courses.schema import CourseMatter, LessonMatter, ModuleMatter, validate
from courses.tree import Completion, Course, Lesson, Media, Module

M = TypeVar("M", CourseMatter, ModuleMatter, LessonMatter)


@dataclass(frozen=True)
class Loaded:
    """What a folder holds. ``course`` is in the course's own language; ``translations`` are whole courses by language.

    ``files`` gives for every published media name the file on disk. ``course`` is None if there is any error (unless
    the load was lenient); ``problems`` are sorted.
    """

    course: Course | None
    translations: dict[str, Course] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop publishing."""
        return [problem for problem in self.problems if problem.is_error]


def load(folder: Path, kinds: Mapping[str, BlockKind[Any]], *, lenient: bool = False) -> Loaded:
    """Read, check and render a course.

    ``kinds`` are the kinds of block by name. With ``lenient`` there is a course even where there are errors (for
    previews): what is wrong falls back to defaults, blocks that cannot be made show their words. Whatever the files
    hold, nothing is raised.
    """
    report = Report("course.md")
    loader = _Loader(Folder(Path(folder), report), kinds, report)
    courses = loader.run()
    if courses is None or (report.failed and not lenient):
        return Loaded(None, {}, {}, report.problems)
    main, translations = courses
    media = {name: item for course in (main, *translations.values()) for name, item in course.media.items()}
    files = {name: Path(folder) / item.path for name, item in media.items()}
    return Loaded(main, translations, files, report.problems)


@dataclass
class _File:
    """One file read: its front matter (with defaults in place of what is wrong) and its text, scanned."""

    path: str
    matter: Any
    document: Document
    body: str
    body_line: int
    scanned: Scanned


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


class _Loader:
    def __init__(self, folder: Folder, kinds: Mapping[str, BlockKind[Any]], report: Report) -> None:
        self.folder = folder
        self.kinds = kinds
        self.report = report

    def run(self) -> tuple[Course, dict[str, Course]] | None:
        layout = self.folder.layout()
        if layout is None:
            return None
        texts = self._read(layout.course, CourseMatter, self.folder.root.resolve().name)
        modules = [self._module(module) for module in layout.modules]
        main: CourseMatter = texts[""].matter
        named = self._named(modules)
        check.unique_ids(named, self.report)
        check.aliases(self._aliases(modules), named, self.report)
        register = self._register(layout, modules)
        languages = [language for language in layout.languages() if self._is_foreign(layout, language, main)]
        for module in modules:
            for lesson in module.lessons:
                for language, file in lesson.files.items():
                    report = self.report.at(file.path)
                    maker = PageMaker(file.path, lesson.id, language or main.language, self.kinds, register, report)
                    lesson.pages[language] = maker.make(file.body, file.body_line, file.scanned)
                check.translation(
                    {key: (lesson.files[key].path, page) for key, page in lesson.pages.items()}, self.report
                )
        headings = {lesson.id: list(lesson.pages.values()) for module in modules for lesson in module.lessons}
        check.anchors(register.anchors, headings, self.report)
        course = self._course(texts, modules, register, "")
        check.course(course, texts[""].document, self._places(modules), self.report)
        return course, {language: self._course(texts, modules, register, language) for language in languages}

    # -- reading

    def _read(self, text: Text, model: type[M], fallback: str) -> dict[str, _File]:
        files: dict[str, _File] = {}
        for language, path in sorted(text.paths.items()):
            report = self.report.at(path)
            content = self.folder.read(path)
            parts = split(content or "", report)
            document = Document({}, 1)
            if parts.matter is not None:
                document = read(parts.matter, parts.matter_line, report, block_line=1)
            matter = self._matter(model, document, report, fallback, silent=content is None or document.broken)
            scanned = scan(parts.body, parts.body_line, self.kinds, report)
            files[language] = _File(path, matter, document, parts.body, parts.body_line, scanned)
        return files

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

    def _is_foreign(self, layout: Layout, language: str, main: CourseMatter) -> bool:
        if language != main.language:
            return True
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

    def _named(self, modules: list[_Module]) -> list[check.Named]:
        named: list[check.Named] = []
        for module in modules:
            file = module.files[""]
            named.append(check.Named("module", module.id, file.path, *file.document.place(("id",))))
            for lesson in module.lessons:
                file = lesson.files[""]
                named.append(check.Named("lesson", lesson.id, file.path, *file.document.place(("id",))))
                for directive in file.scanned.directives:
                    if id := self._activity_id(directive.kind, id_of(directive)):
                        named.append(check.Named("activity", id, file.path, directive.line, directive.column))
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
                for directive in file.scanned.directives:
                    if owner := self._activity_id(directive.kind, id_of(directive)):
                        found += [
                            check.Alias("activity", id, file.path, line, column, owner)
                            for id, line, column in aliases_of(directive)
                        ]
        return found

    def _activity_id(self, kind: str, id: str) -> str:
        return id if "id" in self.kinds[kind].Settings.model_fields else ""

    def _register(self, layout: Layout, modules: list[_Module]) -> Register:
        targets: dict[str, Target] = dict.fromkeys(layout.course.paths.values(), Target())
        blocks: dict[str, str] = {}
        for module in modules:
            targets |= dict.fromkeys((file.path for file in module.files.values()), Target(module.id))
            for lesson in module.lessons:
                paths = [file.path for file in lesson.files.values()]
                targets |= dict.fromkeys(paths, Target(module.id, lesson.id))
                for file in lesson.files.values():
                    for directive in file.scanned.directives:
                        if id := self._activity_id(directive.kind, id_of(directive)):
                            blocks.setdefault(id, lesson.id)
        aliases = self._aliases(modules)
        return Register(
            self.folder, targets, blocks, frozenset(self.kinds),
            {alias.id: alias.owner for alias in aliases if alias.what != "module"},
            {alias.id: alias.owner for alias in aliases if alias.what == "module"},
        )  # fmt: skip

    def _places(self, modules: list[_Module]) -> dict[str, check.Place]:
        places: dict[str, check.Place] = {}
        for module in modules:
            for lesson in module.lessons:
                places[lesson.id] = check.Place(lesson.files[""].path, lesson.files[""].document)
                for id, document in lesson.pages[""].documents.items():
                    places.setdefault(id, check.Place(lesson.files[""].path, document))
        return places

    # -- the tree

    def _course(self, texts: dict[str, _File], modules: list[_Module], register: Register, language: str) -> Course:
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
            description_html=self._description(file, register, language or main.language),
            objectives=own.objectives or main.objectives,
            tags=own.tags or main.tags,
            license=main.license,
            aliases=main.aliases,
            completion=_completion(main.completion, register.present),
            certificate=own.certificate or main.certificate,
            modules=tuple(self._module_of(module, register, language, main.language) for module in modules),
            activities=tuple(block for page in pages for block in page.blocks),
            media=dict(sorted(register.media.items())),
            grade_items=tuple(item for page in pages for item in page.grade_items),
            deadlines=tuple(item for page in pages for item in page.deadlines),
        )

    def _description(self, file: _File, register: Register, language: str) -> str:
        if not file.body.strip():
            return ""
        report = self.report.at(file.path)
        return PageMaker(file.path, "", language, self.kinds, register, report).html(file.body, file.body_line)

    def _module_of(self, module: _Module, register: Register, language: str, main: str) -> Module:
        file = module.files.get(language, module.files[""])
        return Module(
            id=module.id,
            title=file.matter.title,
            description_html=self._description(file, register, language or main),
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
