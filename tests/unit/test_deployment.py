"""The files of deploy/ and docs/deployment.md agree with each other and with the code."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from crawler.config import Config
from crawler.metrics.live import Live
from crawler.metrics.meters import Meters

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/deployment.md").read_text("utf-8")
FILES = sorted(path.name for path in (ROOT / "deploy").iterdir() if path.is_file())


def test_the_document_names_every_file_and_no_other() -> None:
    linked = set(re.findall(r"\]\(\.\./deploy/([\w.-]+)\)", TEXT))
    assert linked | {"Dockerfile.dockerignore"} == set(FILES)


def test_every_metric_is_documented_and_every_documented_one_is_there() -> None:
    meters = Meters()
    desk: Any = SimpleNamespace(agenda=None, session=SimpleNamespace(writer=None, workers=None))
    meters.registry.register(Live(desk))
    served = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in meters.registry.collect()
        if family.name.startswith("newsdesk_")
    }
    listed = re.findall(r"^\| `(\w+)(?:\{\w+\})?` \|", TEXT, re.M)
    assert set(listed) == served and len(listed) == len(served)
    used = set(re.findall(r"newsdesk_\w+", (ROOT / "deploy/newsdesk-alerts.yaml").read_text()))
    assert used <= served


def test_every_setting_that_they_use_is_one() -> None:
    for name in FILES:
        for variable in re.findall(r"NEWSDESK_([A-Z_]+)", (ROOT / "deploy" / name).read_text()):
            assert variable.lower() in Config.model_fields, f"{name}: NEWSDESK_{variable}"


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".yaml")])
def test_the_yaml_is_read(name: str) -> None:
    assert isinstance(yaml.safe_load((ROOT / "deploy" / name).read_text("utf-8")), dict)


def test_compose_builds_the_dockerfile_and_waits_as_long_as_a_stop_takes() -> None:
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"]
    own = services["newsdesk"]
    context = (ROOT / "deploy" / own["build"]["context"]).resolve()
    assert (context / own["build"]["dockerfile"]) == ROOT / "deploy/Dockerfile"
    assert int(own["stop_grace_period"].removesuffix("s")) > 20
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "deploy/Dockerfile").read_text(), re.M)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}" in (ROOT / "deploy/Dockerfile.dockerignore").read_text().split()


def test_the_unit_waits_reloads_and_restarts() -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy/newsdesk.service")
    service = unit["Service"]
    assert service["Type"] == "notify" and service["ExecReload"] == "kill -HUP $MAINPID"
    assert service["Restart"] == "on-failure" and int(service["TimeoutStopSec"]) > 20 < int(service["WatchdogSec"])
    assert service["ExecStart"].endswith(" run")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for name in FILES:
        if name.endswith((".service", ".timer")):
            text = (ROOT / "deploy" / name).read_text("utf-8")
            (tmp_path / name).write_text(text.replace("/opt/newsdesk/.venv/bin/newsdesk", "/bin/true"))
    units = sorted(tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    said = [line for line in done.stderr.splitlines() if "newsdesk" in line]
    assert said == [] and units != []
