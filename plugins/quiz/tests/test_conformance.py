from lms.testing import PluginConformance
from lms_quiz import plugin

LESSON = """:::{quiz} Проверьте себя
:id: sample
:attempts: 2
:pass: 60%

1. Сколько будет дважды два?
   - (x) четыре
   - ( ) пять
2. Отметьте чётные.
   - [x] два
   - [ ] три
3. Москва — столица России.
   = верно
4. Корень из четырёх?
   = 2 ± 0
5. Столица России?
   = Москва
:::
"""


class TestConformance(PluginConformance):
    plugin = plugin
    lesson = LESSON
    block = "sample"
