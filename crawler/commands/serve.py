"""`newsdesk serve`: the HTTP API, the feeds and the pages, over the stored database."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from storage.errors import FailureError

if TYPE_CHECKING:
    from crawler.config import Config
    from storage.store import Store
    from storage.web.settings import WebSettings

WAITING = 128
"""Connections that wait to be taken."""
DRAIN_SECONDS = 5
LARGEST_HEAD = 96_000
"""Bytes of a request's address and headers; the app says what is too long."""


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("serve")(serve_command)


def serve_command(
    host: Annotated[str | None, typer.Option(help="The address to listen at (default: web_host, 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port (default: web_port, 8787).")] = None,
) -> None:
    """Serve the HTTP API, feeds and pages, until SIGTERM or Ctrl-C."""
    from crawler.config import load_config
    from storage.store import open_store
    from storage.web.settings import check

    config = load_config()
    settings = _settings(config, host, port)
    check(settings)
    store = open_store(config.database_url, create=False)
    try:
        with _listen(settings) as listener:
            _log(config)
            _serve(store, config, settings, listener)
    finally:
        store.close()


def _settings(config: Config, host: str | None, port: int | None) -> WebSettings:
    from storage.web.settings import WebSettings

    return WebSettings(
        host=host if host is not None else config.web_host,
        port=port if port is not None else config.web_port,
        token=config.web_token or None,
        cors=config.web_cors,
        rate=config.web_rate,
        query_seconds=config.web_query_seconds,
        public=config.web_public,
    )


def _listen(settings: WebSettings) -> socket.socket:
    """Take the port. Raises FailureError when it cannot be had."""
    host = settings.host.strip("[]")
    try:
        family = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, settings.port), family=family, backlog=WAITING)
    except OSError as error:
        raise FailureError(f"{settings.host}:{settings.port} cannot be served at: {error.strerror}") from None


def _log(config: Config) -> None:
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if config.log_format == "json":
        from pythonjsonlogger.json import JsonFormatter

        names = {"levelname": "level", "name": "logger", "exc_info": "exception"}
        formatter = JsonFormatter(["levelname", "name", "message"], rename_fields=names, timestamp="time")
        logging.root.handlers[0].setFormatter(formatter)
    if config.log_level != "DEBUG":
        logging.getLogger("uvicorn").setLevel(logging.WARNING)


def _serve(store: Store, config: Config, settings: WebSettings, listener: socket.socket) -> None:
    import uvicorn

    from crawler.abilities import abilities
    from storage.web.app import make_app

    app = make_app(store, settings, abilities(config))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=config.log_level == "DEBUG",
            server_header=False,
            proxy_headers=bool(settings.public),
            h11_max_incomplete_event_size=LARGEST_HEAD,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _ignore)  # uvicorn raises the signal that ended it once more, at its end
    sys.stdout.write(f"newsdesk serves {_address(settings, listener)} until Ctrl-C\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


def _ignore(*_: object) -> None:
    """Do nothing."""


def _address(settings: WebSettings, listener: socket.socket) -> str:
    name = settings.host.strip("[]")
    return settings.public or f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}/"
