"""Who may be tried in a preview: some learners, so that pairs and teams can be, and a tutor."""

from typing import NamedTuple


class Figure(NamedTuple):
    """Somebody of the preview. `key` names them in the cookie."""

    key: str
    role: str
    surname: str
    given_name: str
    patronymic: str = ""


FIGURES = {
    "ru": (
        Figure("learner-1", "learner", "Алексеева", "Анна", "Игоревна"),
        Figure("learner-2", "learner", "Борисов", "Борис", "Львович"),
        Figure("learner-3", "learner", "Васильева", "Вера", "Олеговна"),
        Figure("tutor", "tutor", "Гончаров", "Глеб", "Юрьевич"),
    ),
    "en": (
        Figure("learner-1", "learner", "Archer", "Anna"),
        Figure("learner-2", "learner", "Baker", "Ben"),
        Figure("learner-3", "learner", "Carter", "Clara"),
        Figure("tutor", "tutor", "Dyer", "Dan"),
    ),
}
"""By the language the course is written in; other languages get the English names."""
