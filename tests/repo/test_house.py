"""The house in order: sizes, names, packaging traps."""

import importlib.metadata
import importlib.util
import inspect
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from visits.store.work import Work

ROOT = Path(__file__).parents[2]
LONG_ON_PURPOSE = {
    # Generated once from the tables; read as a whole by nobody.
    "alembic/versions/0001_schema.py",
}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).exists()]


def test_no_file_is_longer_than_a_sitting() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in tracked("*.py", "*.html", "*.scss", "*.ts")
        if "static" not in path.parts
        and str(path.relative_to(ROOT)) not in LONG_ON_PURPOSE
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]

    assert long == []


def test_no_file_name_says_nothing() -> None:
    empty = re.compile(r"(^|/)(utils?|helpers?|common|misc|managers?|services?)\.py$")

    assert [str(path) for path in tracked("*.py") if empty.search(str(path))] == []


def test_the_migrations_folder_does_not_hide_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()
    found = subprocess.run(
        [sys.executable, "-c", "import alembic; print(alembic.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "site-packages" in found.stdout


@pytest.mark.parametrize("name", ["visits", "scheduling", "video"])
def test_the_package_names_are_ours_alone(name: str) -> None:
    found = importlib.util.find_spec(name)

    assert found is not None
    assert found.origin == str(ROOT / name / "__init__.py")
    assert set(importlib.metadata.packages_distributions().get(name, [])) <= {"customs-visits"}


def test_work_stays_five_things() -> None:
    public = {name for name in vars(Work) if not name.startswith("_")}
    given = {name for name in inspect.signature(Work).parameters if name != "self"}

    assert public | given == {"session", "now", "actor", "emit", "audit"}


def test_the_migrations_are_one_numbered_line() -> None:
    revisions = sorted(path.stem for path in (ROOT / "alembic" / "versions").glob("*.py"))

    assert [int(name[:4]) for name in revisions] == list(range(1, len(revisions) + 1))
    for before, after in itertools.pairwise(revisions):
        assert f'down_revision = "{before}"' in (ROOT / "alembic" / "versions" / f"{after}.py").read_text()


def test_imports_keep_to_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout
