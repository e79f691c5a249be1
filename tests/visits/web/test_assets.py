"""The built files: what pages ask for is there, small, and free of other people's servers."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from visits.web.built import STATIC, asset, manifest

ASSETS = STATIC.parent / "assets"
TEMPLATES = STATIC.parent / "templates"
KB = 1000


@pytest.mark.parametrize("name", sorted(manifest()))
def test_a_built_file_is_named_by_its_content_and_has_its_compressed_twins(name: str) -> None:
    file = STATIC / manifest()[name]

    assert hashlib.sha256(file.read_bytes()).hexdigest()[:10] in file.name
    assert file.with_name(f"{file.name}.br").stat().st_size > 0
    assert file.with_name(f"{file.name}.gz").stat().st_size > 0


def test_nothing_is_left_over_from_an_older_build() -> None:
    built = {name + end for name in manifest().values() for end in ("", ".br", ".gz")}

    assert {file.name for file in STATIC.iterdir()} == built | {"manifest.json", "THIRD-PARTY.txt"}


def test_every_source_is_built() -> None:
    sources = {file.stem + ".js" for file in (ASSETS / "ts").glob("*.ts")}
    pictures = {file.name for file in (ASSETS / "img").iterdir()}

    assert set(manifest()) == {"visits.css"} | sources | pictures


def test_every_file_a_template_asks_for_is_built() -> None:
    asked = {name for file in TEMPLATES.glob("*.html") for name in re.findall(r"asset\('([^']+)'\)", file.read_text())}

    assert asked
    assert asked <= set(manifest())


def test_an_unknown_file_is_a_bug() -> None:
    with pytest.raises(KeyError):
        asset("unknown.css")


def test_the_style_sheet_asks_nobody_for_anything() -> None:
    sheet = (STATIC / manifest()["visits.css"]).read_text()

    assert "url(" not in sheet
    assert "@font-face" not in sheet
    assert "@import" not in sheet
    assert "GDS Transport" not in sheet


def test_the_style_sheet_leaves_room_for_a_page_on_a_thin_line() -> None:
    assert (STATIC / (manifest()["visits.css"] + ".br")).stat().st_size <= 15 * KB


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("hold.js", 1),
        ("stepper.js", 1),
        ("live.js", 1),
        ("photo.js", 1),
        ("sign.js", 6),
        ("upload.js", 17),
        ("wish.js", 3),
        ("scan.js", 9),
        ("scan-worker.js", 1),
    ],
)
def test_a_script_is_no_larger_than_its_use(name: str, most: int) -> None:
    assert (STATIC / f"{manifest()[name]}.br").stat().st_size <= most * KB


def test_no_script_turns_text_into_code() -> None:
    ours = "".join(file.read_text() for file in (ASSETS / "ts").rglob("*.ts"))

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", ours)
    assert ours.count("createPolicy(") == 2, "one declaration and one policy, named visits"


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.name)
def test_a_template_has_no_inline_script_or_style(file: Path) -> None:
    text = file.read_text()

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert all("nonce=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_packages_are_pinned_to_exact_versions() -> None:
    wanted = json.loads((ASSETS / "package.json").read_text())["devDependencies"]

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_every_package_in_a_built_file_has_its_licence_told() -> None:
    told = (STATIC / "THIRD-PARTY.txt").read_text()

    for name in (
        "govuk-frontend",
        "signature_pad",
        "tus-js-client",
        "@noble/ed25519",
        "@noble/hashes",
        "js-base64",
        "url-parse",
    ):
        assert re.search(rf"^{re.escape(name)} \d", told, re.MULTILINE)
