"""``benchharness doctor``."""

from benchharness.cli.options import AsJson
from benchharness.cli.output import console, print_json


def doctor(as_json: AsJson = False) -> None:
    """Show what is installed, which devices there are, what each backend lacks, and what would fail offline."""
    from benchharness.report.doctor import findings_document, findings_view
    from benchharness.runs.doctor import examine

    findings = examine()
    if as_json:
        print_json(findings_document(findings))
    else:
        console().print(findings_view(findings))
