"""Read the files of words that lie beside the modules: sections, each of lines."""

from __future__ import annotations

from importlib.resources import files


def sections(name: str) -> dict[str, list[str]]:
    """Return the lines of each section of a file: `[section]` begins one, `#` a comment."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in files(__package__).joinpath(name).read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            found[section] = []
        elif line and not line.startswith("#"):
            found[section].append(line)
    return found
