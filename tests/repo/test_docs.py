"""Documentation says what the code does."""

import re
import tomllib
from pathlib import Path

from tests.repo import generate

ROOT = Path(__file__).parents[2]


def test_the_generated_pages_are_up_to_date() -> None:
    again = "run: uv run python -m tests.repo.generate"

    assert (ROOT / "docs/states.md").read_text() == generate.states() + generate.written_by_hand(), again
    assert (ROOT / "docs/settings.md").read_text() == generate.settings(), again
    assert (ROOT / "docs/schema.md").read_text() == generate.tables(), again


def test_every_path_the_tour_names_exists() -> None:
    named = re.findall(r"`([\w./-]+\.(?:py|html|md|scss|ts|po|toml|typ|yaml))`", (ROOT / "docs/tour.md").read_text())

    assert len(named) >= 30
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_what_the_tour_calls_pure_is_kept_pure() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    kept = {module for each in contracts if "pure" in each["name"] for module in each["source_modules"]}
    rows = [line for line in (ROOT / "docs/tour.md").read_text().splitlines() if line.endswith("(pure). |")]
    named = {re.findall(r"`([\w./]+)\.py`", line)[0].replace("/", ".") for line in rows}

    assert named
    assert {each for each in named if each not in kept and each.split(".")[0] not in kept} == set()


def test_every_link_of_the_pages_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert broken == []
