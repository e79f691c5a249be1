"""The visit on the tablet by plain forms: every step from the start to the end, and every refusal with its words."""

import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.stage import Stage
from tests.support.steps_fieldwork import BOX, a_photo, at_desk, ended, ready, redrawn, started
from visits.fieldwork import queries, rules
from visits.fieldwork.rules import Record
from visits.fieldwork.words import Deed, Kind
from visits.ids import new_id
from visits.journey.states import State
from visits.journey.tables import Visit


async def record_of(stage: Stage, visit_id: UUID) -> Record:
    async with stage.work() as work:
        return await queries.record_of(work, visit_id)


def fields(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden and filled fields of the form with this action, as a browser without script would send them."""
    forms = re.findall(r"<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", page.text, re.S)
    body = next(inside for found, inside in forms if found.endswith(action))
    sent = {}
    for tag in re.findall(r"<input[^>]*>", body):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        picked = attrs.get("type") not in ("radio", "checkbox", "file") or " checked" in tag
        if "name" in attrs and picked and attrs.get("type") != "file":
            sent[attrs["name"]] = attrs.get("value", "")
    return sent


async def press(browser: httpx.AsyncClient, path: str, action: str, **typed: Any) -> httpx.Response:
    """Open a page, fill its form, send it and follow."""
    page = await browser.get(path)
    sent = fields(page, action) | {name: str(value) for name, value in typed.items()}
    base = path.split("/visits/")[0] + "/visits/" + path.split("/visits/")[1].split("/")[0]
    return await browser.post(f"{base}{action}", data=sent, follow_redirects=True)


async def test_a_whole_visit_by_plain_forms(stage: Stage) -> None:
    visit = await ready(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await press(tablet, own, "/goods")
        assert "Conteneurs en place" in page.text
        page = await press(tablet, f"{own}/people", "/people", called="Awa Exemple", party="declarant")
        assert "Awa Exemple" in page.text
        page = await press(tablet, own, "/start")
        assert "Numéro et plomb de QZVU 508 163 9" in page.text
        page = await press(tablet, own, "/boxes/1/number", seal="CI 048 2217", state="intact")
        assert "Ouverture de QZVU 508 163 9" in page.text
        page = await press(tablet, own, "/boxes/1/opening", method="PARTIAL", percent=30, packages=468)
        assert "Disques de frein" in page.text
        assert "Article 1" in page.text
        page = await press(tablet, own, "/items/1", **{"found-quantity": "468"})
        assert "+48" in page.text
        assert "Photographier le comptage" in page.text
        page = await _photo(tablet, page, own)
        assert "Plomb neuf" in page.text
        page = await press(tablet, own, "/boxes/1/seal", seal="CI 048 2300")
        assert "Tout ce qui est demandé est fait" in page.text
        page = await press(tablet, f"{own}/end", "/end")
        assert "Écrire le rapport" in page.text

    assert (await stage.visit(visit.id)).state == State.ENDED
    record = await record_of(stage, visit.id)
    assert [row.kind for row in rules.standing(record.findings)] == [Kind.QUANTITY_MORE, Kind.CONFORM]
    assert [piece.about for piece in record.evidence] == ["count"]


async def _photo(tablet: httpx.AsyncClient, page: httpx.Response, own: str, content: bytes = b"") -> httpx.Response:
    return await tablet.post(
        f"{own}/photos",
        data=fields(page, "/photos"),
        files={"photo": ("p.jpg", content or a_photo(), "image/jpeg")},
        follow_redirects=True,
    )


async def test_a_desk_control_has_items_and_papers_only(stage: Stage) -> None:
    visit = await at_desk(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await press(tablet, own, "/start")
        assert f"/office/packages/{visit.id}" in page.text
        assert "Plomb" not in page.text
        page = await press(tablet, own, "/items/1")
        page = await press(tablet, f"{own}/end", "/end")

    assert "Écrire le rapport" in page.text
    assert (await stage.visit(visit.id)).state == State.ENDED


async def test_the_same_form_sent_twice_is_one_deed(stage: Stage) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        sent = fields(await tablet.get(f"{own}/items/1"), "/items/1") | {"found-quantity": "468"}
        for _ in range(2):
            assert (await tablet.post(f"{own}/items/1", data=sent)).status_code == 303

    assert len((await record_of(stage, visit.id)).findings) == 2


async def test_an_untouched_quantity_is_not_said_to_be_counted(stage: Stage) -> None:
    visit = await started(stage)

    async with stage.browser("inspector1") as tablet:
        await press(tablet, f"/inspector/visits/{visit.id}/items/1", "/items/1")

    [row] = (await record_of(stage, visit.id)).findings
    assert (row.kind, row.facet) == (Kind.CONFORM, "")


async def test_a_weight_is_opened_typed_and_kept_with_its_method(stage: Stage) -> None:
    visit = await started(stage)
    path = f"/inspector/visits/{visit.id}/items/1?edit=gross_weight"

    async with stage.browser("inspector1") as tablet:
        await press(tablet, path, "/items/1", **{"found-gross_weight": "8 400"})

    [row] = (await record_of(stage, visit.id)).findings
    assert (row.kind, row.facet, row.found, row.method) == (Kind.CONFORM, "gross_weight", "8400", "WEIGH")


async def test_a_wrong_figure_is_refused_on_the_page_and_kept_in_the_field(stage: Stage) -> None:
    visit = await started(stage)

    async with stage.browser("inspector1") as tablet:
        page = await press(
            tablet, f"/inspector/visits/{visit.id}/items/1", "/items/1", **{"found-quantity": "beaucoup"}
        )

    assert page.status_code == 422
    assert "n’est pas un nombre" in page.text
    assert 'value="beaucoup"' in page.text
    assert (await record_of(stage, visit.id)).findings == []


async def test_another_number_on_the_box_asks_to_look_again(stage: Stage) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"
    typed = {"seal": "CI 1", "state": "intact", "read": "CSQU3054383"}

    async with stage.browser("inspector1") as tablet:
        page = await press(tablet, own, "/boxes/1/number", **typed)
        assert page.status_code == 422
        assert 'name="confirmed"' in page.text
        assert 'value="CI 1"' in page.text
        page = await press(tablet, own, "/boxes/1/number", **typed, confirmed=1)

    assert "Ouverture de" in page.text
    step = rules.step_of((await record_of(stage, visit.id)).steps, Deed.NUMBER, BOX)
    assert step is not None
    assert step.body["read"] == "CSQU3054383"


async def test_a_finding_in_words_is_noted_and_taken_back(stage: Stage) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await press(
            tablet, f"{own}/other", "/other", kind="undeclared", item="", container=BOX, remark="12 pneus"
        )
        assert "Marchandise non déclarée" in page.text
        [row] = (await record_of(stage, visit.id)).findings
        page = await press(tablet, f"{own}/other", f"/findings/{row.id}/undo")

    assert "12 pneus" not in page.text
    assert [each.kind for each in (await record_of(stage, visit.id)).findings] == [Kind.UNDECLARED, Kind.WITHDRAWN]


async def test_the_end_lists_what_lacks_and_takes_reasons(stage: Stage) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await tablet.get(f"{own}/end")
        assert "Il reste 3 points à faire" in page.text
        refused = await tablet.post(f"{own}/end", data=fields(page, "/end"))
        assert refused.status_code == 409
        reasons = {name: "portes soudées" for name in fields(page, "/end") if name.startswith("gap-")}
        page = await press(tablet, f"{own}/end", "/end", **reasons)

    assert "Non fait, avec une raison" in page.text
    assert (await stage.visit(visit.id)).state == State.ENDED


async def test_who_did_not_come_is_asked_for_once(stage: Stage) -> None:
    visit = await ready(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await press(tablet, own, "/start")
        assert "Qui est présent" in page.text
        page = await press(tablet, f"{own}/boxes/1/number", "/boxes/1/number", seal="CI 1", state="intact")

    assert "Ouverture de" in page.text


async def test_a_pause_names_who_is_waited_for(stage: Stage) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await press(tablet, f"{own}/suspend", "/suspend", reason="terminal", note="chariot en panne")
        assert "attente d’un engin" in page.text
        assert "chariot en panne" in page.text
        page = await press(tablet, own, "/resume")

    assert "Numéro et plomb" in page.text


async def test_absence_is_said_after_the_grace_time_only(stage: Stage) -> None:
    visit = await ready(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await press(tablet, f"{own}/trouble", "/party-absent")
        assert page.status_code == 409
        assert "10\u00a0h\u00a015" in page.text
        stage.clock.move(minutes=15)
        page = await press(tablet, f"{own}/trouble", "/party-absent", reason="personne")

    assert "La carence (personne absente) est enregistrée" in page.text
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


# ---------- photos ----------


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"%PDF-1.7 not a photo", 422), (b"", 422), (a_photo()[:-300], 422), (bytes(26 * 1024 * 1024), 413)],
    ids=["pdf", "nothing", "cut", "too large"],
)
async def test_what_is_no_photo_is_refused_and_nothing_is_kept(stage: Stage, content: bytes, status: int) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser("inspector1") as tablet:
        page = await tablet.get(own)
        answer = await tablet.post(
            f"{own}/photos",
            data=fields(page, "/photos"),
            files={"photo": ("p.jpg", content, "image/jpeg")},
        )

    assert answer.status_code == status
    assert (await record_of(stage, visit.id)).evidence == []


async def test_a_photo_is_shown_to_its_office_and_to_nobody_else(stage: Stage) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"
    async with stage.browser("inspector1") as tablet:
        await _photo(tablet, await tablet.get(own), own)
        shown = await tablet.get(f"{own}/photos/1")
        missing = await tablet.get(f"{own}/photos/2")

    assert (shown.content, shown.headers["content-type"]) == (a_photo(), "image/jpeg")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert missing.status_code == 404
    for who, status in (("chief", 200), ("inspector2", 404), ("declarant", 403)):
        async with stage.browser(who) as other:
            assert (await other.get(f"{own}/photos/1")).status_code == status


# ---------- who ----------


@pytest.mark.parametrize(("who", "status"), [("inspector2", 404), ("chief", 403), ("declarant", 403)])
async def test_the_visit_is_for_its_inspector(stage: Stage, who: str, status: int) -> None:
    visit = await started(stage)
    own = f"/inspector/visits/{visit.id}"

    async with stage.browser(who) as other:
        for path in (own, f"{own}/items/1", f"{own}/people", f"{own}/end", f"{own}/other", f"{own}/trouble"):
            assert (await other.get(path)).status_code == status, path
        for path in ("start", "end", "suspend", "people", "items/1", "boxes/1/number", "photos", "goods-absent"):
            sent = {"id": str(new_id()), "seal_id": str(new_id()), "state": "intact", "party": "witness"}
            assert (await other.post(f"{own}/{path}", data=sent)).status_code == status, path


async def test_a_visit_in_other_hands_is_gone_from_the_tablet(stage: Stage) -> None:
    visit = await ready(stage)
    await redrawn(stage, visit)

    async with stage.browser("inspector1") as tablet:
        assert (await tablet.get(f"/inspector/visits/{visit.id}")).status_code == 404


@pytest.mark.parametrize("path", ["boxes/2/number", "boxes/0/seal", "items/9"])
async def test_a_step_that_is_not_there_is_not_found(stage: Stage, path: str) -> None:
    visit = await started(stage)

    async with stage.browser("inspector1") as tablet:
        page = await tablet.get(f"/inspector/visits/{visit.id}/{path}")

    assert page.status_code == 404


async def test_every_page_has_one_heading_and_speaks_three_languages(stage: Stage) -> None:
    visit = await _with_everything(stage)
    own = f"/inspector/visits/{visit.id}"
    paths = ["", "/people", "/boxes/1/number", "/boxes/1/opening", "/boxes/1/seal", "/items/1", "/other", "/end"]

    async with stage.browser("inspector1") as tablet:
        for language in ("fr", "en", "pt"):
            tablet.cookies.set("visits-language", language)
            for path in [own + each for each in paths] + ["/inspector/day", "/inspector/queue"]:
                page = await tablet.get(path)
                assert page.status_code == 200, path
                assert page.text.count("<h1") == 1, path
                assert f'<html lang="{language}">' in page.text


async def _with_everything(stage: Stage) -> Visit:
    visit = await started(stage)
    async with stage.browser("inspector1") as tablet:
        own = f"/inspector/visits/{visit.id}"
        await press(tablet, own, "/boxes/1/number", seal="", state="missing")
        await press(tablet, f"{own}/boxes/1/opening", "/boxes/1/opening", method="TAILGATE")
        await press(tablet, f"{own}/items/1?edit=origin", "/items/1", **{"found-origin": "cn"})
        await press(tablet, f"{own}/other", "/other", kind="condition", item="1", container="", remark="rouille")
    return visit


async def test_an_ended_visit_leads_to_its_report(stage: Stage) -> None:
    visit = await ended(stage)

    async with stage.browser("inspector1") as tablet:
        page = await tablet.get(f"/inspector/visits/{visit.id}")

    assert f'href="/inspector/visits/{visit.id}/report"' in page.text
    assert "Excédent de quantité" in page.text
