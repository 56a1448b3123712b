"""Is a version that we run known to be vulnerable? Both lock files against OSV (osv.dev), which pip-audit asks too.

Without a network it says so: what was not looked up has not passed.
"""

import tomllib
from pathlib import Path
from typing import Any

import httpx

from backend.audit.checks.results import Result, Scope, Verdict, judged

OSV = "https://api.osv.dev/v1/querybatch"
ROOT = Path(__file__).parent.parent.parent.parent
LOCK_FILES = (ROOT / "uv.lock", ROOT / "bot" / "uv.lock")
BATCH = 500  # OSV takes 1,000
SECONDS = 20.0


async def check(scope: Scope) -> Result:
    packages = sorted({package for path in LOCK_FILES if path.exists() for package in locked(path)})
    if not packages:
        return Result("dependencies", Verdict.NOT_CHECKED, "No lock file was found beside the program.")
    findings: list[dict[str, Any]] = []
    try:
        for start in range(0, len(packages), BATCH):
            findings += await _known(scope.services.http, packages[start : start + BATCH])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        why = f"osv.dev could not be asked ({type(error).__name__}): nothing was looked up."
        return Result("dependencies", Verdict.NOT_CHECKED, why, {"packages": len(packages)})
    figures = {"packages": len(packages)}
    good = "No version we run is known to be vulnerable."
    bad = "Update these, or say why they can't be reached."
    return judged("dependencies", findings, good, bad, figures=figures, worst=Verdict.ATTENTION)


def locked(path: Path) -> list[tuple[str, str]]:
    """(name, version) of what a uv.lock pins from an index."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return [(each["name"], each["version"]) for each in found if "registry" in each.get("source", {})]


async def _known(http: httpx.AsyncClient, packages: list[tuple[str, str]]) -> list[dict[str, Any]]:
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages]
    answer = await http.post(OSV, json={"queries": queries}, timeout=SECONDS)
    answer.raise_for_status()
    results = answer.json()["results"]
    return [
        {"package": name, "version": version, "known": [each["id"] for each in result["vulns"]]}
        for (name, version), result in zip(packages, results, strict=True)
        if result.get("vulns")
    ]
