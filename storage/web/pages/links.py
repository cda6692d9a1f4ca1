"""Addresses of pages: the one that was asked for, with other parameters, or in another form. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

Pair = tuple[str, str]
PLACE = ("cursor",)
"""Parameters that say where in a list a page is; another list begins anew."""


@dataclass(frozen=True, slots=True)
class Here:
    """The address of a page: its path (not escaped) and its parameters in order, without empty ones."""

    path: str
    pairs: tuple[Pair, ...] = ()

    def to(self, **changes: object) -> str:
        """Return this address with parameters replaced; None takes one away, a list gives one several times.

        A trailing underscore of a name is left out: `from_` is `from`.
        """
        named = {name.rstrip("_"): value for name, value in changes.items()}
        kept = [pair for pair in self.pairs if pair[0] not in named and (pair[0] not in PLACE)]
        for name, value in named.items():
            values = value if isinstance(value, list | tuple) else [value]
            kept += [(name, str(one)) for one in values if one not in (None, "")]
        return address(self.path, kept)

    def toggled(self, name: str, value: str) -> str:
        """Return this address with a value of a parameter added, or taken away if it is there."""
        if self.has(name, value):
            return address(self.path, [pair for pair in self._listed() if pair != (name, value)])
        return address(self.path, [*self._listed(), (name, value)])

    def at(self, path: str, leave: Iterable[str] = PLACE) -> str:
        """Return the address of another path with the same parameters, some left out."""
        return address(path, [pair for pair in self.pairs if pair[0] not in set(leave)])

    def twin(self, ending: str, *leave: str) -> str:
        """Return the address of this list as json or csv. The page `/` is the search."""
        path = self.path if self.path != "/" else "/search"
        return self.at(f"{path}.{ending}", leave)

    def has(self, name: str, value: str) -> bool:
        """Tell whether a parameter has this value."""
        return (name, value) in self.pairs

    def values(self, name: str) -> list[str]:
        """Return the values of a parameter."""
        return [value for one, value in self.pairs if one == name]

    def value(self, name: str) -> str:
        """Return the first value of a parameter, "" for none."""
        return next(iter(self.values(name)), "")

    def without(self, *names: str) -> tuple[Pair, ...]:
        """Return the parameters but these, for a form that keeps the others."""
        return tuple(pair for pair in self._listed() if pair[0] not in names)

    def _listed(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair[0] not in PLACE]


def address(path: str, pairs: Iterable[Pair] = ()) -> str:
    """Return a path and parameters as an address of this server."""
    query = urlencode(list(pairs), errors="replace")
    return quote(path, errors="replace") + (f"?{query}" if query else "")


def local(path: str) -> str:
    """Return a path that a browser may be sent to: one of this server's pages, else the first."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_ours else "/"
