"""`anpei audit` and what belongs to it, for the running system or the database named in the environment."""

from collections.abc import Callable

from anpei.operator import database_url
from anpei.wiring import open_services
from backend.audit import report
from backend.audit.report import WORDS, Report
from backend.kit.settings import Settings

Say = Callable[[str], None]


def of_running(settings: Settings) -> Settings:
    """These settings with the servers of what runs here, where none are named. Raises typer.Exit where nothing runs."""
    redis_url = settings.redis_url or f"unix://{(settings.data_dir / 'redis' / 'redis.sock').resolve()}"
    return settings.model_copy(update={"database_url": database_url(settings), "redis_url": redis_url})


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
