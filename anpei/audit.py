"""`anpei audit` and what belongs to it, for the running system or the database named in the environment."""

from collections.abc import Callable
from pathlib import Path

from anpei.supervisor import sqlalchemy_url
from anpei.wiring import open_services
from backend.audit import report
from backend.audit.report import WORDS, Report
from backend.kit.settings import Settings

Say = Callable[[str], None]


class NothingRuns(Exception):
    """No database is named and none runs here."""


def of_running(settings: Settings) -> Settings:
    """The settings with the database of what runs in the data folder, where none is named. Raises NothingRuns."""
    if settings.database_url:
        return settings.model_copy(update={"database_url": sqlalchemy_url(settings.database_url)})
    folder = (Path.cwd() / settings.data_dir / "pg").resolve()
    if not (folder / "postmaster.pid").exists():
        raise NothingRuns("set ANPEI_DATABASE_URL, or start `anpei up` with this data folder")
    return settings.model_copy(update={"database_url": f"postgresql+psycopg://postgres@/anpei?host={folder}"})


async def audit(settings: Settings, say: Say) -> int:
    """Do every check, keep the report, say what was found; the exit status."""
    async with open_services(of_running(settings), pool_size=2) as services:
        found = await report.run(services)
        path = await report.keep(services, found)
    _say(found, say)
    say(f"\n{path}")
    return found.exit_status


def _say(found: Report, say: Say) -> None:
    for result in found.results:
        say(f"{WORDS[result.verdict][0]:12} {report.TITLES[result.name][0]}: {result.why}")
        for finding in result.findings[:10]:
            say(" " * 13 + ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in finding.items()))
    say(f"\n{WORDS[found.verdict][0]} (exit status {found.exit_status})")
