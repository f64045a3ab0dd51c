"""`manage.py evalreplies`: examine the language model with the cases of botcore/ai/evaluation.

Without options: the model of LLM_BASE_URL, LLM_API_KEY and LLM_MODEL when there is a key, else the fake one.
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from botcore.ai.evaluation.cases import Class
from botcore.ai.evaluation.run import THRESHOLDS, Score, Verdict, below, examine, scores
from botcore.ai.sandbox.fake_llm import BEHAVIOURS, WELL
from botcore.ai.sandbox.running import running_fake_llm
from botcore.domain.llm import LlmSettings


class Command(BaseCommand):
    help = "Score the model's texts, before and after the guard. Exit code 1 below a threshold. Needs no database."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--fake", choices=sorted(BEHAVIOURS), help="the fake model, with this behaviour")
        parser.add_argument("--base-url", default="")
        parser.add_argument(
            "--api-key", default="", help="better given as LLM_API_KEY: others see command lines"
        )
        parser.add_argument("--model", default="")
        parser.add_argument(
            "--threshold",
            action="append",
            default=[],
            type=_threshold,
            metavar="CLASS=SHARE",
            dest="thresholds",
        )
        parser.add_argument("--failures", action="store_true", help="show the messages of failed cases")

    def handle(self, *args: Any, **options: Any) -> None:
        thresholds = {**THRESHOLDS, **dict(options["thresholds"])}
        with _model(options) as llm:
            verdicts = examine(llm)
        table = scores(verdicts)
        failed = below(table, thresholds)
        if options["as_json"]:
            self.stdout.write(
                json.dumps(_as_json(llm, table, failed, verdicts), indent=2, ensure_ascii=False)
            )
        else:
            self._write(llm, table, thresholds, verdicts)
        if options["failures"]:
            for verdict in verdicts:
                if not verdict.final:
                    self.stdout.write(f"failed: {verdict.case.about.value}: {verdict.case.message}")
        if failed:
            sys.exit(1)

    def _write(
        self,
        llm: LlmSettings,
        table: Mapping[Class, Score],
        thresholds: Mapping[Class, float],
        verdicts: list[Verdict],
    ) -> None:
        tokens, cost = sum(one.tokens for one in verdicts), sum(one.cost for one in verdicts)
        self.stdout.write(
            f"{llm.model} at {llm.base_url}: {len(verdicts)} cases, {tokens} tokens, {cost:.4f} USD"
        )
        self.stdout.write(
            f"{'class':<10} {'cases':>5} {'final':>6} {'floor':>6} {'own':>6} {'fallback':>8}  why"
        )
        for about, score in table.items():
            reasons = ", ".join(f"{reason} {count}" for reason, count in score.reasons.most_common(4))
            self.stdout.write(
                f"{about.value:<10} {score.cases:>5} {score.final:>6.2f} {thresholds[about]:>6.2f} {score.raw:>6.2f} "
                f"{score.fallback_rate:>8.2f}  {reasons}"
            )


@contextmanager
def _model(options: Mapping[str, Any]) -> Iterator[LlmSettings]:
    given = options["base_url"] or options["api_key"] or options["model"]
    if options["fake"] or not (given or settings.LLM_API_KEY):
        with running_fake_llm() as fake:
            fake.behave(options["fake"] or WELL)
            yield fake.settings
        return
    # Whoever runs this command names the endpoint: no tenant does.
    llm = LlmSettings(settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL, is_trusted=True)
    yield replace(
        llm,
        base_url=options["base_url"] or llm.base_url,
        api_key=options["api_key"] or llm.api_key,
        model=options["model"] or llm.model,
    )


def _as_json(
    llm: LlmSettings, table: Mapping[Class, Score], failed: list[Class], verdicts: list[Verdict]
) -> dict[str, Any]:
    return {
        "model": llm.model,
        "base_url": llm.base_url,
        "cases": len(verdicts),
        "tokens": sum(one.tokens for one in verdicts),
        "cost_usd": str(sum(one.cost for one in verdicts)),
        "failed": [about.value for about in failed],
        "classes": {
            about.value: {
                "cases": score.cases,
                "final": round(score.final, 4),
                "own": round(score.raw, 4),
                "fallback_rate": round(score.fallback_rate, 4),
                "reasons": dict(score.reasons),
            }
            for about, score in table.items()
        },
    }


def _threshold(text: str) -> tuple[Class, float]:
    name, _, share = text.partition("=")
    try:
        return Class(name), float(share)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not CLASS=SHARE; classes: {', '.join(Class)}") from error
