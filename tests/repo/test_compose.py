"""compose.yaml says what production runs, even where no engine can start it."""

from pathlib import Path

import pytest
import yaml

from visits.cli import _parser

COMPOSE = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text())


def test_the_parts_of_production_are_named() -> None:
    services = COMPOSE["services"]

    assert {"db", "app", "worker", "simulator", "coturn"} <= set(services)
    assert services["db"]["image"] == "postgres:18"
    assert services["coturn"]["profiles"] == ["video"]
    assert services["app"]["deploy"]["replicas"] >= 2
    assert services["worker"]["deploy"]["replicas"] >= 2


@pytest.mark.parametrize("name", ["migrate", "app", "worker", "simulator"])
def test_every_command_of_ours_exists(name: str) -> None:
    program, *arguments = COMPOSE["services"][name]["command"]

    assert program == "visits"
    assert hasattr(_parser().parse_args(arguments), "run")


def test_every_volume_and_secret_used_is_declared() -> None:
    used = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }

    assert used <= set(COMPOSE["volumes"])
    assert {name for service in COMPOSE["services"].values() for name in service.get("secrets", [])} <= set(
        COMPOSE["secrets"]
    )
