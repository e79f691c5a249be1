"""Every process takes its time zones from the package that is installed with it."""

import importlib.resources
import subprocess
import sys
import zoneinfo

import pytest

import visits

ASK = "import {module}, zoneinfo; print(zoneinfo.TZPATH)"


@pytest.mark.parametrize("module", ["visits.cli", "visits.serve", "visits.clearance.simulator.serve", "visits.doctor"])
def test_no_way_in_reads_the_zones_of_the_system(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(module=module)],
        env={"PYTHONTZPATH": "/usr/share/zoneinfo", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "()"


def test_the_tests_reckon_with_the_same_zones() -> None:
    assert visits.__version__
    assert zoneinfo.TZPATH == ()
    names = importlib.resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    assert zoneinfo.available_timezones() == set(names)
