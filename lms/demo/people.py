"""Who lives on a demonstration site. Nobody here exists; neither do their schools."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Somebody made up. `zeal` (0–1): how often they come and how much they do at once."""

    surname: str
    given_name: str
    patronymic: str
    mail: str
    timezone: str
    town: str = ""
    subject: str = ""
    zeal: float = 0.0
    language: str = "ru"

    @property
    def email(self) -> str:
        """An address nobody can have: `.example` belongs to documentation."""
        return f"{self.mail}@school.example"


ADMIN = Figure("Соколова", "Вера", "Николаевна", "admin", "Europe/Moscow")
AUTHOR = Figure("Лебедев", "Андрей", "Павлович", "author", "Europe/Moscow")
TUTORS = (
    Figure("Ветрова", "Ирина", "Сергеевна", "tutor", "Europe/Moscow"),
    Figure("Гуляев", "Михаил", "Юрьевич", "gulyaev", "Asia/Yekaterinburg"),
)

UNDER_WAY = (
    Figure("Орлова", "Светлана", "Игоревна", "learner", "Asia/Novosibirsk", "Новосибирск", "биологию", 0.93),
    Figure("Абрамова", "Наталья", "Викторовна", "abramova", "Europe/Kaliningrad", "Калининград", "физику", 1.0),
    Figure("Бондаренко", "Олег", "Степанович", "bondarenko", "Europe/Moscow", "Ростов-на-Дону", "историю", 0.97),
    Figure("Хасанова", "Гузель", "Рашитовна", "khasanova", "Europe/Moscow", "Казань", "математику", 0.95),
    Figure("Clarke", "Emma", "", "clarke", "Europe/Kaliningrad", "Kaliningrad", "English", 0.9, "en"),
    Figure("Мельник", "Татьяна", "Алексеевна", "melnik", "Europe/Samara", "Самара", "русский язык и литературу", 0.88),
    Figure("Кузьмин", "Денис", "Вадимович", "kuzmin", "Asia/Vladivostok", "Владивосток", "информатику", 0.86),
    Figure("Ефимова", "Людмила", "Петровна", "efimova", "Asia/Yekaterinburg", "Пермь", "начальные классы", 0.82),
    Figure("Тихонов", "Сергей", "Анатольевич", "tikhonov", "Asia/Krasnoyarsk", "Красноярск", "географию", 0.8),
    Figure("Цыренова", "Аюна", "Баировна", "tsyrenova", "Asia/Irkutsk", "Улан-Удэ", "химию", 0.76),
    Figure("Волкова", "Мария", "Дмитриевна", "volkova", "Europe/Moscow", "Архангельск", "музыку", 0.72),
    Figure("Жуков", "Павел", "Ильич", "zhukov", "Asia/Omsk", "Омск", "технологию", 0.66),
    Figure("Семёнова", "Елена", "Борисовна", "semenova", "Europe/Moscow", "Псков", "немецкий язык", 0.55),
    Figure("Okafor", "Daniel", "", "okafor", "Europe/Moscow", "Moscow", "physics", 0.48, "en"),
    Figure("Николаев", "Айаал", "Семёнович", "nikolaev", "Asia/Yakutsk", "Якутск", "физкультуру", 0.4),
    Figure("Громова", "Оксана", "Леонидовна", "gromova", "Europe/Moscow", "Мурманск", "обществознание", 0.28),
    Figure("Исаев", "Руслан", "Магомедович", "isaev", "Europe/Moscow", "Махачкала", "математику", 0.12),
    Figure("Щербакова", "Алла", "Геннадьевна", "shcherbakova", "Asia/Magadan", "Магадан", "биологию", 0.0),
)
"""The group that is under way: from those who have done all that can be done to one who has not come yet."""

ASKING = (Figure("Панин", "Константин", "Евгеньевич", "panin", "Europe/Moscow", "Тула", "информатику"),)
"""Who asks for a place after the beginning."""

FINISHED = (
    Figure("Дёмина", "Анна", "Михайловна", "demina", "Europe/Moscow", "Вологда", "русский язык и литературу", 1.0),
    Figure("Рябов", "Алексей", "Тимофеевич", "ryabov", "Asia/Yekaterinburg", "Челябинск", "физику", 0.98),
    Figure("Ким", "Юлия", "Владимировна", "kim", "Asia/Vladivostok", "Уссурийск", "английский язык", 0.96),
    Figure("Захарова", "Ольга", "Романовна", "zakharova", "Europe/Samara", "Ижевск", "начальные классы", 0.95),
    Figure("Фролов", "Илья", "Константинович", "frolov", "Asia/Omsk", "Омск", "историю", 0.93),
    Figure("Медведева", "Инна", "Фёдоровна", "medvedeva", "Asia/Kamchatka", "Петропавловск-Камчатский", "химию", 0.92),
    Figure("Ахметов", "Тимур", "Маратович", "akhmetov", "Europe/Moscow", "Уфа", "математику", 0.45),
    Figure("Белова", "Галина", "Аркадьевна", "belova", "Europe/Moscow", "Кострома", "изобразительное искусство", 0.2),
)
"""The group that has finished; the last two did not get to the end."""

AHEAD = (
    Figure("Макарова", "Дарья", "Олеговна", "makarova", "Europe/Moscow", "Тверь", "английский язык"),
    Figure("Поляков", "Виктор", "Семёнович", "polyakov", "Asia/Tomsk", "Томск", "физику"),
    Figure("Юсупова", "Лилия", "Фаритовна", "yusupova", "Asia/Yekaterinburg", "Оренбург", "биологию"),
)
"""Who has enrolled in the run to come."""

LEARNERS = UNDER_WAY + ASKING + FINISHED + AHEAD

HELLO = {
    "ru": "Здравствуйте! Меня зовут {name}, {town}. Преподаю {subject}. {wish}",
    "en": "Hello! I am {name} from {town} and I teach {subject}. {wish}",
}
WISHES = {
    "ru": (
        "Хочу понять, почему наше методобъединение молчит в общем чате.",
        "В школе я одна по предмету, поэтому ищу, с кем сверять задания.",
        "Провожу открытые уроки, а обсуждать их потом некому. За этим и пришли.",
        "Собираюсь весной вести семинар для соседних школ и немного боюсь.",
        "Пробовали с коллегами читать книгу вместе, хватило на две главы. Хочу дочитать!",
        "Давно читаю сообщества, но сам там ни разу не написал. Вот, пишу.",
    ),
    "en": (
        "I would like to learn how to keep an online study group alive through the winter.",
        "My colleagues live in four towns, so I am looking for ways to work together without meetings.",
    ),
}
