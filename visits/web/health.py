"""Is the service alive, and is it ready for people?"""

from litestar import Request, Response
from sqlalchemy import text

from visits import __version__
from visits.store import migrate
from visits.web.route import PUBLIC, get


@get("/health/live", roles=PUBLIC)
async def live() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "live", "version": __version__}


@get("/health/ready", roles=PUBLIC)
async def ready(request: Request) -> Response[dict[str, object]]:  # type: ignore[type-arg]
    """The database answers, stands at the newest migration, and events are not piling up."""
    checks: dict[str, object] = {}
    try:
        async with request.app.state.database.engine.connect() as connection:
            revision = await connection.scalar(text("select version_num from alembic_version"))
            checks["migrations"] = revision == migrate.head()
            checks["database"] = True
    except Exception as fault:  # whatever it is, we are not ready
        checks["database"] = False
        checks["fault"] = type(fault).__name__
    good = all(value is True for value in checks.values())
    return Response({"status": "ready" if good else "not ready", **checks}, status_code=200 if good else 503)


ROUTES = [live, ready]
