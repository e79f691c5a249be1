"""The composition root: settings in, one Litestar app out."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State as AppState
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from sqlalchemy.exc import DBAPIError

from visits import __version__, schema
from visits.people.access import WhoIsIt, know_the_lost
from visits.routes import ROUTES
from visits.settings import Settings
from visits.store.blobs import Blobs
from visits.store.engine import make_engine
from visits.store.hub import Hub
from visits.store.tools import Tools
from visits.store.vault import Vault
from visits.store.work import Database
from visits.web import guards
from visits.web.built import STATIC
from visits.web.problem import HANDLERS
from visits.web.route import PUBLIC

log = logging.getLogger("visits")

#: Seconds an application that starts waits for its connections.
PATIENCE = 5.0

#: Importing the whole schema lets foreign keys find their tables in every process.
TABLES = schema.metadata.tables


def make_tools(settings: Settings, database: Database | None = None) -> Tools:
    """What a process of this installation works with."""
    return Tools(
        settings=settings,
        database=database or Database(make_engine(settings.database_url, pool=settings.pool)),
        vault=Vault.at(settings.key_path),
        blobs=Blobs(settings.files_url),
    )


def make_app(tools: Tools) -> Litestar:
    """The web application over these tools."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with Hub(tools.settings.database_url) as hub:
            app.state.hub = hub
            try:
                async with asyncio.timeout(PATIENCE):
                    await tools.database.open()
            except* (OSError, DBAPIError) as faults:  # it is away: connections are opened when they are needed
                log.warning("the database does not answer yet: %s", faults.exceptions[0])
            yield
        await tools.database.engine.dispose()

    return Litestar(
        route_handlers=[
            *ROUTES,
            create_static_files_router(
                path="/static",
                directories=[STATIC],
                opt={"roles": PUBLIC},
                cache_control=None,
                include_in_schema=False,
            ),
        ],
        middleware=[DefineMiddleware(WhoIsIt, exclude=["^/static/", "^/health/", "^/metrics$"])],
        guards=[guards.roles_of_route, guards.own_origin],
        exception_handlers=HANDLERS,
        after_exception=[know_the_lost],
        lifespan=[lifespan],
        state=AppState({"tools": tools, "database": tools.database, "settings": tools.settings}),
        openapi_config=OpenAPIConfig(
            title="Visits",
            version=__version__,
            path="/schema",
            render_plugins=[JsonRenderPlugin()],
            openapi_router=Router("/schema", route_handlers=[], opt={"roles": PUBLIC}),
        ),
        compression_config=CompressionConfig(backend="gzip", minimum_size=600, exclude_opt_key="uncompressed"),
        request_max_body_size=64 * 1024 * 1024,
        logging_config=None,
    )
