"""Each process has the secrets it needs and no others: read from the environments of processes that run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from anpei.environments import SECRETS, Part, needs, of
from anpei.roles import Accounts
from anpei.supervisor import Ports, Program, process_environment, supervised
from backend.kit.settings import Settings
from tests.support.live import Live

PARTS = ("web", "worker", "actions", "rasa1", "bank", "redis")
FOREIGN = "AWS_SECRET_ACCESS_KEY"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_started_process_has_its_own_secrets_alone(tmp_path: Path) -> None:
    """Of an environment with every secret there is, and one that is none of ours."""
    everything = {**os.environ, **dict.fromkeys(SECRETS, "a-secret"), FOREIGN: "another-house's"}
    programs = [Program(name, ["sleep", "60"]) for name in PARTS]
    with supervised(programs, everything, tmp_path) as supervisor:
        found = _started(supervisor.pid, len(PARTS))
    for program, has in found.items():
        part = Part(program.rstrip("1"))
        assert {name for name in SECRETS if name in has} == {name for name, parts in SECRETS.items() if part in parts}
        assert FOREIGN not in has
    assert not any("a-secret" in (tmp_path / file).read_text() for file in ("supervisord.conf", "log/supervisord.log"))


def _started(supervisor: int, count: int) -> dict[str, dict[str, str]]:
    """The environments of the supervisor's processes, by program; its name is from the supervisor."""
    deadline = time.monotonic() + 20
    while True:
        sleeping = [p for p in psutil.Process(supervisor).children() if p.cmdline()[:1] == ["sleep"]]
        if len(sleeping) == count:
            environments = [process.environ() for process in sleeping]
            return {each["SUPERVISOR_PROCESS_NAME"]: each for each in environments}
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_every_secret_of_the_settings_is_in_the_table() -> None:
    """A new one is given to nobody by oversight."""
    fields = Settings.model_fields.items()
    secret = {field.alias or f"ANPEI_{name.upper()}" for name, field in fields if "SecretStr" in str(field.annotation)}
    assert secret <= set(SECRETS)


def test_what_starts_needs_what_it_is_given(tmp_path: Path) -> None:
    """Of what `anpei up` sets nothing is for nobody."""
    given = process_environment(Settings(), tmp_path, Accounts("", "", ""), "unix://", Ports(1, 2, [3]))
    assert {name for part in Part for name in of(part, given)} == set(given)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_running_product(live: Live) -> None:
    """Its real processes: the same, and with what web and worker have closed to others of the same user."""
    for part in set(Part) - {Part.REDIS, Part.LOGS}:
        pids = live.pids(part.value)
        assert pids, part
        for pid in pids:
            try:
                names = psutil.Process(pid).environ()
            except psutil.AccessDenied:  # closed; as root we see through, and can't tell
                assert part in {Part.WEB, Part.WORKER}
                continue
            assert [name for name in names if not needs(part, name)] == []
            assert os.geteuid() == 0 or part not in {Part.WEB, Part.WORKER}


@pytest.mark.skipif(sys.platform != "linux", reason="PR_GET_DUMPABLE is Linux's")
def test_a_process_closes_itself() -> None:
    """The kernel then gives its /proc files to root, and lets nobody of its own user look into its memory."""
    code = (
        "import ctypes; from anpei.environments import keep_to_itself; keep_to_itself();"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"
