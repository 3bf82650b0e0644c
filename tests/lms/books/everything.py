"""A course with everything that is hard for a book: pictures of all kinds and of none, films, formulas, ids and links that clash."""

import struct
import zlib
from base64 import b64decode
from pathlib import Path

JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////"
    "wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
WEBP = b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")


def png() -> bytes:
    """One grey point."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")
    )


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>'
MEDIA: dict[str, bytes] = {
    "grey.png": png(),
    "photo.jpg": JPEG,
    "misnamed.jpg": png(),
    "dot.gif": GIF,
    "new.webp": WEBP,
    "drawing.svg": SVG.encode(),
    "asking.svg": SVG.replace("<path", '<image href="https://elsewhere.example/x.png"/><path').encode(),
    "entity.svg": b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.encode(),
    "broken.png": b"no picture at all",
    "film.mp4": b"\x00\x00\x00\x18ftypmp42",
    "plan.pdf": b"%PDF-1.4",
}

COURSE = """---
title: Всё & <сразу>
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Анна & Ко, Борис]
summary: Кратко о «курсе».
license: CC BY 4.0
tags: [проверка]
---

О курсе. [Начать](01-start/01-first.md), [задание](activity:task).
"""
FIRST = r"""---
title: Первый <урок>
minutes: 20
objectives: [понять & простить]
---

## Введение {#a:b}

Текст[^1] и ещё[^2]. [Сюда](#a:b), [дальше](02-second.md#введение), [к заданию](02-second.md#task), [план](media/plan.pdf).
Внешнее: [статья](https://ru.wikipedia.org/wiki/Курс?a=[1]#Раздел), [кривая](http://), [письмо](mailto:a@b.example).

![Точка](media/grey.png "Подпись")

![Фото](media/photo.jpg) ![Не то](media/misnamed.jpg) ![Гиф](media/dot.gif) ![Новая](media/new.webp) ![Рисунок](media/drawing.svg)

![Просит](media/asking.svg) ![Сущность](media/entity.svg) ![Сломана](media/broken.png) ![Чужая](https://elsewhere.example/a.png)

<video src="media/film.mp4" title="Фильм" controls></video>

$$\frac{a}{b}$$

И в строке $x^2$.

| Слева | Справа |
|:--|--:|
| 1 | 2 |

```python
def f(x):
    return "очень длинная строка, которая на телефоне не поместится ни в какую ширину, сколько её ни крути" + x
```

- [x] сделано
- [ ] нет

<details><summary>Ответ</summary>Внутри.</details>

<ul>слова без пункта<p>абзац</p></ul> <center>посередине</center> <dl><dd>без слова</dd></dl>
<span><div>блок в строке</div></span> <a href="https://a.example">ссылка <b>и</b></a>
<math><mfrac><mi>x</mi></mfrac></math>

[^1]: Первая сноска.
[^2]: Вторая, [со ссылкой](02-second.md).
"""
SECOND = """---
title: Второй урок
minutes: 25
---

## Введение {#a:b}

Те же имена[^1]. [Назад](01-first.md#a:b).

:::{task} Сделайте & сдайте
:id: task
:due: day 5 18:00

Что сделать[^1]: [урок](01-first.md).

[^1]: Сноска задания.
:::

[^1]: Сноска урока.
"""
FILES = {
    "course.md": COURSE,
    "01-start/index.md": "---\ntitle: Начало\n---\n\nОписание, [внутрь](01-first.md).\n",
    "01-start/01-first.md": FIRST,
    "01-start/02-second.md": SECOND,
}


def write(folder: Path) -> Path:
    """The course as files."""
    (folder / "01-start/media").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    for name, content in MEDIA.items():
        (folder / "01-start/media" / name).write_bytes(content)
    return folder
