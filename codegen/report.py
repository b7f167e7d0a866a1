"""The page about a new document, for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .diff import as_changelog, next_version
from .document import Node, operations
from .update import Report

__all__ = ["page"]


def page(report: Report, version: str) -> str:
    """The report as Markdown. `version` is that of the last release."""
    new, old = (str(document["info"].get("version")) for document in (report.new, report.old))
    lines = [f"# The document {new}, after {old}", "", _result(report), ""]
    lines += _section("In the document", _differences(report))
    findings = [
        f"**{finding.kind}** {finding.place}: {finding.text}{f'. Edit: `{finding.edit}`' if finding.edit else ''}"
        for finding in sorted(report.overlay, key=lambda finding: not finding.stops)
    ]
    lines += _section("Overlays", findings)
    goes_on = " (what follows is as if it were skipped)" if report.surface or report.by_hand else ""
    lines += _section(f"Refused{goes_on}", report.refused)
    lines += _section("Skipped", [f"`{place}`: {reason}" for place, reason in report.skipped.items()])
    lines += _section(
        "No longer to be skipped: remove from config.yaml", [f"`{place}`" for place in report.needless]
    )
    lines += _section("To be changed by hand: what the type checker finds", report.by_hand)
    if report.surface:
        lines += ["## For CHANGELOG.md", "", as_changelog(report.surface).strip(), ""]
    if report.since_release:
        lines += [f"The next version is {next_version(version, report.since_release)}.", ""]
    return "\n".join(lines)


def _result(report: Report) -> str:
    if report.is_right:
        return "Everything is right. The document, what is generated from it and the surface are written."
    return "Nothing is written. Mend what stops it, and run this again."


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"- {line}" for line in lines]
    return [f"## {title}", "", *found, ""] if found else []


def _differences(report: Report) -> Iterator[str]:
    """The operations and schemas that are new or gone."""
    before, after = (
        {f"{method.upper()} {path}" for _, path, method, _ in operations(document)}
        for document in (report.old, report.new)
    )
    for kind, old, new in (
        ("operations", before, after),
        ("schemas", _schemas(report.old), _schemas(report.new)),
    ):
        if new - old:
            yield f"new {kind}: {', '.join(f'`{name}`' for name in sorted(new - old))}"
        if old - new:
            yield f"{kind} that are gone: {', '.join(f'`{name}`' for name in sorted(old - new))}"


def _schemas(document: Node) -> set[str]:
    return set(document.get("components", {}).get("schemas", {}))
