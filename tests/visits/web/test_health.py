"""Health answers without a tenant and without a session."""

from pathlib import Path

import httpx
from litestar import Litestar

from visits.store import migrate

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
