"""`anpei up`: everything on this machine, under one supervisor that restarts what dies and stops it all together.

supervisord (PyPI `supervisor`) holds the processes; this module writes its configuration, shows progress, and waits.
"""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console

from anpei import edge, environments, roles
from anpei.demo_people import AGENT
from anpei.embedded import postgresql, redis_command
from anpei.roles import Accounts
from anpei.schema import migrate
from backend.audit.keys import signer
from backend.kit import crypto
from backend.kit.sealing import masters
from backend.kit.settings import Settings
from backend.kit.urls import plain_url, sqlalchemy_url

ROOT = Path(__file__).parent.parent
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
READY_SECONDS = 180
console = Console(highlight=False, soft_wrap=True)


class CannotStart(Exception):
    """What is in the way, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ports:
    """On the loopback interface, free when asked."""

    actions: int
    bank: int
    rasas: list[int]


def up(settings: Settings) -> None:
    """Start everything, print the addresses, and stay until Ctrl-C or SIGTERM."""
    data = (ROOT / settings.data_dir).resolve()
    environments.keep_to_itself()
    if not settings.development and not settings.clamd_url:
        console.print("  [yellow]![/] photos are kept unscanned: set ANPEI_CLAMD_URL (docs/decisions/0031)")
    if settings.tls_certificate and not settings.development:
        edge.check(settings)
    if not settings.development and not settings.log_collector:
        console.print("  [yellow]![/] logs stay on this machine: set ANPEI_LOG_COLLECTOR (docs/decisions/0032)")
    if not settings.development and not (settings.desk_url and settings.pages_url):
        console.print("  [yellow]![/] desk and customers' pages share a host: set ANPEI_DESK_URL, ANPEI_PAGES_URL")
    check_source_control(settings, ROOT)
    check_ports(settings)
    check_bot_environment()
    with ExitStack() as stack:
        data.mkdir(parents=True, exist_ok=True)
        stack.enter_context(only_one(data))
        environment, programs = prepare(settings, data, stack)
        began = time.monotonic()
        supervisor = stack.enter_context(supervised(programs, environment, data))
        with console.status("starting rasa, actions, bank, worker and web …"):
            wait_until_ready(settings, supervisor, data)
        step(f"everything answers ({time.monotonic() - began:.0f} s)")
        print_addresses(settings, data)
        stay(supervisor)
        console.print("\nstopping …")
    console.print("stopped; the data is kept in", str(data))


def prepare(settings: Settings, data: Path, stack: ExitStack) -> tuple[dict[str, str], list[Program]]:
    """Servers, schema and model in place; (environment, programs) of the processes to start."""
    programs = []
    accounts = database(settings, data, stack)
    redis_url = settings.redis_url
    if not redis_url:
        command, redis_url = redis_command(data / "redis")
        programs.append(Program("redis", command))
    actions, sandbox, *rasas = free_ports(2 + settings.rasa_servers)
    ports = Ports(actions, sandbox, rasas)
    environment = os.environ | process_environment(settings, data, accounts, redis_url, ports)
    log_key = signer(settings.model_copy(update={"data_dir": data}))
    environment["ANPEI_LOG_PUBLIC_KEY"] = str(log_key.verifier)
    train(environment)
    python = sys.executable
    if settings.development:
        bank = [python, "-m", "sandbox.bank", "--port", str(ports.bank), "--database", str(data / "bank.sqlite")]
        programs.append(Program("bank", bank))
    programs += [
        Program("actions", [python, "-m", "actions", "--port", str(ports.actions), "--host", "127.0.0.1"]),
        *(
            Program(f"rasa{number}", [str(BOT_PYTHON), "-m", "bot", "serve"], {"ANPEI_RASA_PORT": str(port)})
            for number, port in enumerate(ports.rasas, 1)
        ),
        Program("worker", [python, "-m", "anpei.worker"]),
        Program(
            "web",
            [
                python,
                "-m",
                "uvicorn",
                "--factory",
                "anpei.web:app",
                "--host",
                "127.0.0.1" if settings.development or settings.tls_certificate else "0.0.0.0",  # noqa: S104 - in production behind the insurer's proxy
                "--port",
                str(settings.port),
                "--log-level",
                "warning",
                "--no-server-header",
                "--timeout-graceful-shutdown",
                "3",
            ],
        ),
    ]  # fmt: skip - one program a line
    if settings.log_collector:
        programs.append(Program("logs", [python, "-m", "anpei.shipping"]))
    if settings.tls_certificate:
        programs.append(Program("edge", [python, "-m", "anpei.edge"]))
    return environment, programs


def database(settings: Settings, data: Path, stack: ExitStack) -> Accounts:
    """The server, migrated, and who reaches it as whom."""
    if settings.database_url:
        accounts = accounts_of(settings)
    else:
        with console.status("starting PostgreSQL …"):
            accounts = roles.embedded(stack.enter_context(postgresql(data / "pg")))
        step("PostgreSQL 18 (embedded)")
    with console.status("bringing the schema up to date …"):
        master = settings.model_copy(update={"data_dir": data}).master_secret
        migrate(accounts.owner, master, settings.secrets)
        roles.grant(accounts)
    step("schema is up to date")
    if not settings.development and not (accounts.apart and settings.database_url):
        console.print("  [yellow]![/] web, worker and Rasa may share an account of the database (docs/decisions/0028)")
    return accounts


def accounts_of(settings: Settings) -> Accounts:
    """Those of a server that is set."""
    urls = (settings.migration_url, settings.database_url, settings.rasa_tracker_url)
    return Accounts(*(sqlalchemy_url(url or settings.database_url) for url in urls))


def process_environment(
    settings: Settings, data: Path, accounts: Accounts, redis_url: str, ports: Ports
) -> dict[str, str]:
    return {
        "ANPEI_PORT": str(settings.port),
        "ANPEI_DATA_DIR": str(data),
        "ANPEI_DATABASE_URL": accounts.app,
        "ANPEI_REDIS_URL": redis_url,
        "ANPEI_RASA_URL": ",".join(f"http://127.0.0.1:{port}" for port in ports.rasas),
        "ANPEI_RASA_TOKEN": settings.rasa_token.get_secret_value(),
        "ANPEI_RASA_TRACKER_URL": plain_url(accounts.rasa),
        "ANPEI_RASA_TRACKER_KEY": settings.rasa_tracker_key.get_secret_value() or tracker_key(settings, data),
        "ANPEI_ACTIONS_URL": f"http://127.0.0.1:{ports.actions}",
        "ANPEI_ACTIONS_TOKEN": settings.actions_token.get_secret_value() or actions_token(settings),
        "ANPEI_API_URL": f"http://127.0.0.1:{settings.port}",
        "ANPEI_API_TOKEN": settings.api_token.get_secret_value(),
        "ANPEI_BANK_URL": f"http://127.0.0.1:{ports.bank}" if settings.development else settings.bank_url,
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",  # of the times in every log, also in those of libraries
    }


def tracker_key(settings: Settings, data: Path) -> str:
    """What seals Rasa's trackers where no key is given: what follows from the master keys, the newest first."""
    material = settings.model_copy(update={"data_dir": data}).master_secret
    keys = (crypto.derive(master, "seal-rasa-trackers") for master in masters(material))
    return ",".join(base64.b64encode(key).decode() for key in keys)


def actions_token(settings: Settings) -> str:
    """By which Rasa proves itself to the action server, where none is given: one that follows from ANPEI_SECRET."""
    return settings.keys("pass-actions").newest.hex()


def train(environment: dict[str, str]) -> None:
    """Train the model if its data has changed since the last time."""
    with console.status("training the model if its data changed (about half a minute) …"):
        result = subprocess.run(
            [str(BOT_PYTHON), "-m", "bot", "train"],
            cwd=ROOT,
            env=environments.of("rasa", environment),
            capture_output=True,
            text=True,
            check=False,
        )
    if result.returncode != 0:
        raise CannotStart(f"training failed:\n{(result.stdout + result.stderr)[-4000:]}")
    step("the model is trained on the data as it is")
    say_what_is_live(environment)


def say_what_is_live(environment: dict[str, str]) -> None:
    """A restart changes no model: say so where the data has gone on since the live one."""
    result = subprocess.run(
        [str(BOT_PYTHON), "-m", "bot", "live"],
        cwd=ROOT,
        env=environments.of("rasa", environment),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(result.stdout)
    if told["live"] and Path(told["live"]).name != told["content"]:
        step(f"{Path(told['live']).name} stays live; the newer model waits for `anpei nlu promote`")


@contextmanager
def supervised(programs: list[Program], environment: dict[str, str], data: Path) -> Iterator[subprocess.Popen[bytes]]:
    config = data / "supervisord.conf"
    config.write_text(supervisord_config(programs, data, environment))
    end_orphan(data)
    (data / "log").mkdir(exist_ok=True)
    (data / "log").chmod(0o700)  # for us alone, whatever the umask
    process = subprocess.Popen(
        [sys.executable, "-m", "anpei.supervising", "--nodaemon", "--configuration", str(config)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches us alone; we stop the rest in order
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def supervisord_config(programs: list[Program], data: Path, environment: Iterable[str]) -> str:
    """The supervisor has the whole `environment`; from each program is taken what isn't its own."""
    log = data / "log"
    sections = [
        "[supervisord]",
        f"logfile={log}/supervisord.log",
        f"pidfile={data}/supervisord.pid",
        f"childlogdir={log}",
        "",
    ]
    for priority, program in enumerate(programs):
        whole = [*environments.stripping(program.name, environment), *program.command]
        command = " ".join(f'"{part}"' for part in whole).replace("%", "%%")
        sections += [
            f"[program:{program.name}]",
            f"command={command}",
            "environment=" + ",".join(f'{name}="{value}"' for name, value in program.environment.items()),
            f"priority={priority}",
            "autorestart=true",
            "startsecs=1",
            "startretries=1000",  # what can't start yet keeps trying; `up` says so if it takes too long
            "stopasgroup=true",
            "killasgroup=true",
            "stopwaitsecs=12",
            "redirect_stderr=true",
            f"stdout_logfile={log}/{program.name}.log",
            "stdout_logfile_maxbytes=20MB",
            "stdout_logfile_backups=2",
            "",
        ]
    return "\n".join(sections)


def wait_until_ready(settings: Settings, supervisor: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    parts: dict[str, bool] = {}
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            raise CannotStart(f"the supervisor ended; see {data}/log/supervisord.log")
        parts = readiness(settings.port) or parts
        if parts and all(parts.values()):
            return
        time.sleep(0.2)
    missing = ", ".join(name for name, ready in parts.items() if not ready) or "web"
    raise CannotStart(f"not ready after {READY_SECONDS} s: {missing}. Its log is in {data}/log")


def readiness(port: int) -> dict[str, bool]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            parts: dict[str, bool] = json.load(response)["parts"]
    except urllib.error.HTTPError as error:
        parts = json.load(error).get("parts", {})
    except (OSError, ValueError):
        return {}
    return parts


def check_ports(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.port))
        except OSError:
            raise CannotStart(
                f"port {settings.port} is taken by another program. Stop that program, or choose another port: "
                f"ANPEI_PORT={settings.port + 1} make up"
            ) from None


def check_source_control(settings: Settings, root: Path) -> None:
    """Production reads no history: what was ever committed is of use to who breaks in. Unreadable, it may stand there."""
    found = [name for name in (".git", ".hg", ".svn") if os.access(root / name, os.R_OK)]
    if found and not settings.development:
        raise CannotStart(f"{root / found[0]} is readable: install production from what `make dist` makes, not a clone")


def check_bot_environment() -> None:
    if not BOT_PYTHON.exists():
        raise CannotStart("the environment of Rasa is missing: run `make install`")


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at the moment, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Two of us on one data folder would fight over it."""
    pidfile = data / "up.pid"
    if pidfile.exists() and (running := alive(int(pidfile.read_text() or 0), "anpei")):
        raise CannotStart(
            f"Anpei is already running on {data} (process {running.pid}). Stop it first with Ctrl-C there."
        )
    pidfile.write_text(str(os.getpid()))
    try:
        yield
    finally:
        pidfile.unlink(missing_ok=True)


def end_orphan(data: Path) -> None:
    """A supervisor left behind by an `up` that was killed would hold the folder."""
    pidfile = data / "supervisord.pid"
    if pidfile.exists() and (orphan := alive(int(pidfile.read_text().strip() or 0), str(data))):
        orphan.terminate()
        orphan.wait(30)


def alive(pid: int, word: str) -> psutil.Process | None:
    """The process with this id, if it is one of ours: `word` is in its command."""
    try:
        process = psutil.Process(pid)
        return process if any(word in part for part in process.cmdline()) else None
    except (psutil.NoSuchProcess, ValueError):
        return None


def stay(supervisor: subprocess.Popen[bytes]) -> None:
    """Until somebody asks us to stop, or the supervisor ends."""

    def ask(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)  # also where a shell has started us in the background, with it ignored
    try:
        supervisor.wait()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def print_addresses(settings: Settings, data: Path) -> None:
    base = f"http://127.0.0.1:{settings.port}"
    console.print()
    if settings.simulator:
        console.print(f"  [bold]Simulator[/]  {base}/simulator   two phones to try it with")
    console.print(
        f"  [bold]Desk[/]       {base}/desk"
        + (f"        sign in as {AGENT[0]} / {AGENT[2]}" if settings.development else "")
    )
    console.print(f"  [bold]Health[/]     {base}/readyz      metrics at /metrics, logs in {data}/log")
    console.print("\n  Ctrl-C stops everything.\n")


def step(what: str) -> None:
    console.print(f"  [green]✓[/] {what}")
