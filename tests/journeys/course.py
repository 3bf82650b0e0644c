"""The course of the journeys: every form of activity once, dates far enough apart to walk between them."""

FILES = {
    "course.md": """---
id: journey
title: Учимся вместе
language: ru
hours: 16
timezone: Europe/Moscow
authors: [Мы]
summary: Короткий курс обо всём.
completion:
  lessons: all
  activities: all
  score: 60%
certificate:
  kind: advanced-training
---

О курсе.
""",
    "01-first/index.md": "---\ntitle: Начало\n---\n",
    "01-first/01-read.md": """---
title: Зачем нужно сообщество
minutes: 90
---

Текст урока со сноской[^1], таблицей и формулой $a^2 + b^2$.

| Форма | Время |
|---|---|
| форум | своё |

[^1]: Сноска.

:::{quiz} Проверьте себя
:id: check
:minutes: 45
:pass: 60%

1. Какая форма не требует общего времени?
   - ( ) видеоконференция
     > Нет: собираются в один час.
   - (x) форум
     > Верно: каждый пишет, когда удобно.
2. Отметьте асинхронное.
   - [x] форум
   - [x] рассылка
   - [ ] чат
3. Сколько будет дважды два?
   = 4
4. Столица России?
   = Москва
5. Форум ждёт всех.
   = верно
:::

:::{thumbs} Полезно ли это?
:id: useful
:required: false
:::
""",
    "02-second/index.md": "---\ntitle: Дело\n---\n",
    "02-second/01-meet.md": """---
title: Встреча и проект
minutes: 45
requires: [read, {score: {check: 60%}}]
---

:::{seminar} Семинар
---
id: talk
minutes: 90
seats: 3
need: 100%
sessions:
  - id: one
    title: Первая встреча
    starts: day 2 18:00
    minutes: 60
    link: https://meet.example.org/one
    speaker: Вера Ведущая
    code: Маяк
---
Приходите.
:::

:::{project} Свой проект
---
id: plan
minutes: 270
pass: 50%
stages:
  - {id: text, title: План, due: day 10 21:00, late: allow, penalty: 10%}
criteria:
  - {id: idea, title: Замысел, points: 5}
  - {id: clear, title: Ясность, points: 5}
---
Напишите план.
:::
""",
    "02-second/02-review.md": """---
title: Взаимная оценка
minutes: 45
---

:::{workshop} Мастерская
---
id: pairs
minutes: 135
reviewers: 2
anonymous: true
pass: 50%
criteria:
  - {id: depth, title: Глубина, points: 10}
---
Напишите эссе.
:::
""",
}
"""The minutes are 90 + 45 + 45 for lessons and 45 + 90 + 270 + 135 for activities: 720, that is 16 academic hours."""
