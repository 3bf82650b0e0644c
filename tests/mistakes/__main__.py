"""`python -m tests.mistakes`: write the report of every case as it is today, to be read before it is committed."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.mistakes.cases import HERE, cases, problems, said
from tests.mistakes.codes import all_codes


def main(names: list[str]) -> None:
    """Rewrite the reports of these files of the corpus, or of all; then say which codes have fewer than two cases."""
    shown: Counter[str] = Counter()
    count = 0
    for path in sorted(HERE.glob("*.md")):
        if path.name == "README.md":
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        for case in reversed(cases(path)):
            if not names or path.stem in names:
                with tempfile.TemporaryDirectory() as folder:
                    case.report = said(problems(case, Path(folder)))
                lines[case.lines] = case.report.split("\n")[:-1]
            shown.update(case.codes)
            count += 1
        path.write_text("\n".join(lines), encoding="utf-8")
    sys.stderr.write(f"{count} cases, {len(shown)} codes\n")
    for code, place in sorted(all_codes().items()):
        if shown[code] < 2:
            sys.stderr.write(f"{place}: {code} has {shown[code]} of 2 cases\n")


if __name__ == "__main__":
    main(sys.argv[1:])
