"""The address at which Prometheus finds the metrics: prometheus_client's server, in a thread of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, start_http_server

from storage.errors import FailureError


def serve(address: str, port: int, registry: CollectorRegistry) -> None:
    """Serve a registry until the process ends. Raises FailureError when the address cannot be had."""
    try:
        start_http_server(port, address, registry)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FailureError(
            f"the metrics cannot be served at {address}:{port}: {reason}; see metrics_address and metrics_port"
        ) from error
