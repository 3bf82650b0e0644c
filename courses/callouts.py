"""What callouts are called where an author gives them no title, by the language of the text."""

from __future__ import annotations

from html import escape

from courses.typography import typeset

TITLES: dict[str, dict[str, str]] = {
    "en": {
        "note": "Note",
        "tip": "Tip",
        "hint": "Hint",
        "important": "Important",
        "warning": "Warning",
        "caution": "Caution",
        "attention": "Attention",
        "danger": "Danger",
        "error": "Error",
        "seealso": "See also",
        "details": "Details",
        "example": "Example",
        "question": "Question",
        "info": "Info",
        "success": "Success",
        "quote": "Quote",
        "abstract": "Abstract",
    },
    "ru": {
        "note": "Примечание",
        "tip": "Совет",
        "hint": "Подсказка",
        "important": "Важно",
        "warning": "Осторожно",
        "caution": "Предостережение",
        "attention": "Внимание",
        "danger": "Опасно",
        "error": "Ошибка",
        "seealso": "Смотрите также",
        "details": "Подробнее",
        "example": "Пример",
        "question": "Вопрос",
        "info": "Сведения",
        "success": "Получилось",
        "quote": "Цитата",
        "abstract": "Кратко",
    },
}
"""Kinds of callouts, beside GitHub's five those that MyST and MkDocs authors bring along."""


def titled(title: str, kind: str, language: str) -> str:
    """HTML of a callout's title: its own, or that of its kind."""
    return typeset(escape(title, quote=False), language) if title else title_of(kind, language)


def title_of(kind: str, language: str) -> str:
    """The title of a callout that has none of its own."""
    words = TITLES.get(language.split("-")[0], TITLES["en"])
    return words.get(kind, kind.replace("-", " ").capitalize())
