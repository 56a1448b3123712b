"""The dated report: every check, as JSON for programs and HTML for people, and the verdict as an exit status."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.audit import service as audit
from backend.audit.checks import CHECKS
from backend.audit.checks.results import Check, Result, Scope, Verdict
from backend.audit.rules import canonical, digest
from backend.kit.ids import new_id
from backend.kit.services import Services

log = structlog.get_logger()
PERIOD = timedelta(days=8)  # a day more than a week, so that a late run leaves no gap
TITLES = {
    "log": ("The log is what was signed", "日志与签名一致"),
    "facts": ("Facts and log agree", "业务记录与日志一致"),
    "books": ("The books balance", "账目平衡"),
    "payments": ("The bank agrees", "与银行核对一致"),
    "leaks": ("No secrets outside the vault", "敏感信息未外泄"),
    "access": ("Who looked at what", "敏感信息访问"),
    "codes": ("One-time codes", "验证码使用"),
    "keys": ("Age of keys", "密钥使用时长"),
    "overdue": ("Claims decided in time", "理赔按时审核"),
    "dependencies": ("Known vulnerabilities", "已知漏洞"),
}
WORDS = {
    Verdict.PASSED: ("passed", "通过"),
    Verdict.ATTENTION: ("attention", "需关注"),
    Verdict.FAILED: ("failed", "未通过"),
    Verdict.NOT_CHECKED: ("not checked", "未检查"),
}
# The worst verdict decides. 2: nothing is known to be wrong, and not everything is known to be right.
EXIT = {Verdict.PASSED: 0, Verdict.NOT_CHECKED: 2, Verdict.ATTENTION: 2, Verdict.FAILED: 1}
SEVERITY = (Verdict.PASSED, Verdict.NOT_CHECKED, Verdict.ATTENTION, Verdict.FAILED)


@dataclass(frozen=True, slots=True)
class Report:
    at: datetime
    since: datetime
    results: tuple[Result, ...]

    @property
    def verdict(self) -> Verdict:
        return max((result.verdict for result in self.results), key=SEVERITY.index)

    @property
    def exit_status(self) -> int:
        return EXIT[self.verdict]

    def as_json(self) -> str:
        return canonical(
            {
                "at": self.at,
                "since": self.since,
                "verdict": self.verdict,
                "checks": [asdict(result) for result in self.results],
            }
        )

    def as_html(self) -> str:
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        return environment.get_template("report.html").render(report=self, titles=TITLES, words=WORDS)


async def run(services: Services, checks: tuple[Check, ...] = CHECKS) -> Report:
    """Do every check. One that breaks has not passed: it is `not_checked`, with the error's name."""
    now = services.clock()
    scope = Scope(services, now - PERIOD, now)
    results = []
    for check in checks:
        try:
            results.append(await check(scope))
        except Exception as error:
            name = check.__module__.rpartition(".")[2]
            log.exception("audit.check_broke", check=name)
            results.append(Result(name, Verdict.NOT_CHECKED, f"The check itself broke: {type(error).__name__}."))
    return Report(now, scope.since, tuple(results))


async def keep(services: Services, report: Report) -> Path:
    """Write both files, readable by the service alone, and log what they say; where the HTML is."""
    folder = services.settings.data_dir / "audit"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = folder / f"report-{report.at:%Y-%m-%dT%H%M%SZ}"
    for suffix, content in ((".json", report.as_json()), (".html", report.as_html())):
        path = stem.with_suffix(suffix)
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
    data = {"verdict": report.verdict, "sha256": digest(report.as_json())}
    async with services.db.transaction() as session:
        audit.record(session, audit.Event(audit.Kind.AUDIT, "audit.reported", "clock", new_id(), report.at, data))
    return stem.with_suffix(".html")
