"""Health answers without a tenant and without a session."""

from pathlib import Path

import httpx
from litestar import Litestar
from sqlalchemy.pool import QueuePool

from tests.support.live import free_port, serving
from visits.app import make_app, make_tools
from visits.settings import Settings
from visits.store import migrate
from visits.store.tools import Tools

VERSIONS = Path(__file__).parents[3] / "alembic" / "versions"


async def ask(app: Litestar, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://nobody.test") as client:
        return await client.get(path)


async def test_a_living_process_says_so(app: Litestar) -> None:
    assert (await ask(app, "/health/live")).json()["status"] == "live"


async def test_a_migrated_database_makes_it_ready(app: Litestar) -> None:
    answer = await ask(app, "/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert migrate.head() == max(file.stem for file in VERSIONS.glob("[0-9]*.py"))


async def test_an_application_that_starts_has_opened_its_connections(tools: Tools) -> None:
    fresh = make_tools(tools.settings)
    async with serving(make_app(fresh), lifespan=True):
        pool = fresh.database.engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedin() == tools.settings.pool


async def test_an_application_starts_while_its_database_is_away(tmp_path: Path) -> None:
    away = Settings(data=tmp_path, database_url=f"postgresql://visits_app@127.0.0.1:{free_port()}/visits")
    async with serving(make_app(make_tools(away)), lifespan=True) as port, httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/health/ready")

    assert answer.status_code == 503


async def test_the_openapi_document_describes_every_route(app: Litestar) -> None:
    document = app.openapi_schema.to_schema()
    described = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    declared = {
        (route.path_format, method)
        for route in app.routes
        if route.scope_type.name == "HTTP" and not route.path.startswith(("/static", "/schema"))
        for method in route.methods  # type: ignore[union-attr]
        if method != "OPTIONS"
    }

    assert declared - described == set()
