"""Checks that prompts with long contexts are as long as they are to be: builds them, and counts each whole prompt anew.

    python scripts/check_fill.py --tokenizer DIR --tokenizer smollm2-135m-instruct --lengths 1K,8K,32K,128K --items 200

Prints, for each tokenizer, language and length, how much of the budget is left at least and at most, and how many
prompts break a rule: more than 8 tokens free, U+FFFD, or facts, depths and answers that differ between the languages in
the arm `information`. Exits with 1 if any does.
"""

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from benchharness.cli.options import parse_sweep
from benchharness.cli.output import console, messages
from benchharness.errors import BenchharnessError
from benchharness.records import Language
from benchharness.registry.catalogue import select_task
from benchharness.runs.build import BuildRequest, find_tokenizer, iterate_items
from benchharness.tasks.long_context.fill import SLACK

Cell = tuple[str, str, str, int]


def check(request: BuildRequest, found: dict[Cell, list[int]], wrong: list[str]) -> None:
    """Build the items of a request, count them, and add what is left of each budget to ``found``."""
    tokenizer = find_tokenizer(request.tokenizer)
    special = request.template == "plain" or tokenizer.template_fingerprint is None
    pairs: dict[str, dict[str, Any]] = {}
    for line in iterate_items(request):
        prompt = line["prompt"]
        if "\ufffd" in prompt:
            wrong.append(f"{request.tokenizer} {line['id']} ({line['language']}): U+FFFD")
        if line["arm"] == "information":
            wrong.extend(_differences(request.tokenizer, pairs, line))
            continue
        tokens = len(tokenizer.encode([prompt], special_tokens=special)[0].tokens)
        left = line["budget"] - tokens
        found[request.tokenizer, line["arm"], line["language"], line["length"]].append(left)
        if not 0 <= left <= SLACK or tokens != line["tokens"]:
            wrong.append(f"{request.tokenizer} {line['id']} ({line['language']}): {left} left, {line['tokens']} stated")


def _differences(tokenizer: str, pairs: dict[str, dict[str, Any]], line: dict[str, Any]) -> list[str]:
    kept = {key: line[key] for key in ("facts", "asked", "depths", "target")}
    before = pairs.setdefault(line["pair_id"], kept)
    return [f"{tokenizer} {line['pair_id']}: {key} differs" for key in kept if before[key] != kept[key]]


def main(
    tokenizer: Annotated[list[str], typer.Option(help="Registered model, hub id, directory, or bytes; repeatable.")],
    lengths: Annotated[str, typer.Option(help="Lengths in tokens.")] = "1K,8K,32K",
    items: Annotated[int, typer.Option(min=1, help="Of each length and language.")] = 200,
    arms: Annotated[str, typer.Option(help="tokens, information.")] = "tokens,information",
    task: Annotated[str, typer.Option(help="A task with long contexts.")] = "long_needle",
    output: Annotated[Path | None, typer.Option(help="Also write the figures here, as JSON.")] = None,
) -> None:
    """Build prompts and count them anew."""
    found: dict[Cell, list[int]] = defaultdict(list)
    wrong: list[str] = []
    seconds: dict[str, float] = {}
    try:
        for name in tokenizer:
            begin = time.perf_counter()
            sweep = parse_sweep(lengths, arms, None, None)
            check(BuildRequest(select_task(task), tuple(Language), sweep, name, "auto", items), found, wrong)
            seconds[name] = time.perf_counter() - begin
    except BenchharnessError as error:
        messages().print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from error
    table = Table("tokenizer", "language", "tokens", "prompts", "least left", "most left")
    rows = []
    for (name, _, language, length), left in found.items():
        rows.append([Path(name).name, language, length, len(left), min(left), max(left)])
        table.add_row(*map(str, rows[-1]))
    console().print(table)
    for line in wrong:
        messages().print(line, markup=False)
    if output is not None:
        document = {"task": task, "rows": rows, "wrong": wrong, "seconds": seconds}
        output.write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")
    raise typer.Exit(int(bool(wrong)))


if __name__ == "__main__":
    typer.run(main)
