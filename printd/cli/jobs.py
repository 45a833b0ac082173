"""printd jobs: the wish to print one record, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from printd.cli import choices
from printd.cli.common import All, By, Json, Limit, MaybeWith, With, act, answer, asked, limit_of, moment, signed
from printd.cli.doubt import choices_in_words, show_choices, show_doubt, show_known, warn, write_picture
from printd.cli.language import said
from printd.cli.memory import to_disk
from printd.cli.output import err, out, show_facts, show_json, show_rows
from printd.errors import Refused
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.answers.jobs import AttemptShown, JobDoubt, JobList, JobPreviewed, JobResolved, JobShown, JobsShown
    from printd.desk.chips import ChipRead
    from printd.desk.papers import Papers
    from printd.desk.pictures import Picture as Drawn

app = typer.Typer()

Job = Annotated[str, typer.Argument(help="Its id, of which four characters do, or the serial of its blank.")]
Jobs = Annotated[list[str], typer.Argument(help="One or several, each by its id or by the serial of its blank.")]
Spoiled = Annotated[str | None, choices.option(choices.CAUSES, "The card is spoiled", "--spoiled", metavar="CAUSE")]
Picture = Annotated[
    Path | None, typer.Option(help="Write what should be on the card as PNG; a specimen unless it is in doubt.")
]


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str | None, choices.option(choices.JOB_STATES, "Only jobs in one state")] = None,
    limit: Limit = 200,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """List jobs: what waits for a person or prints, then the queue in its order, then what is over, newest first."""
    answer(as_json, act(context, "jobs.list", state=state, limit=limit_of(limit, everything)), _show_list)


@app.command()
def show(context: typer.Context, job: Job, by: By, picture: Picture = None, as_json: Json = False) -> None:
    """Show a job, its attempts and their evidence."""
    if picture is not None:
        _draw(context, picture, job, by)
    answer(as_json, act(context, "jobs.show", job=job), _show)


@app.command()
def hold(context: typer.Context, job: Job, by: By, as_json: Json = False) -> None:
    """Keep a queued job from being printed."""
    answer(as_json, act(context, "jobs.hold", job=job, by=signed(by)), _show)


@app.command()
def override(
    context: typer.Context,
    job: Job,
    reason: Annotated[str, typer.Option(help="Why it goes first.")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Let a queued job go first, past class, cap, quota and reserve; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    answer(as_json, act(context, "jobs.override", job=job, reason=reason, **two), _show)


@app.command()
def release(context: typer.Context, job: Job, by: By, as_json: Json = False) -> None:
    """Let a held job go on, at its old place in the queue."""
    answer(as_json, act(context, "jobs.release", job=job, by=signed(by)), _show)


@app.command()
def cancel(context: typer.Context, job: Job, by: By, as_json: Json = False) -> None:
    """End a job that is not under way."""
    answer(as_json, act(context, "jobs.cancel", job=job, by=signed(by)), _show)


@app.command()
def reprint(context: typer.Context, job: Job, by: By, second: With, as_json: Json = False) -> None:
    """Print a job whose card was spoiled on another blank; two people sign."""
    answer(as_json, act(context, "jobs.reprint", job=job, by=signed(by), second=signed(second)), _show)


@app.command()
def resolve(
    context: typer.Context,
    job: Job,
    by: By,
    printed: Annotated[bool, typer.Option("--printed", help="The card in hand is whole.")] = False,
    unused: Annotated[bool, typer.Option("--unused", help="The blank is untouched.")] = False,
    spoiled: Spoiled = None,
    scan: Annotated[str, typer.Option(help="What is read on the card in hand: its serial or its chip's UID.")] = "",
    reader: Annotated[str, typer.Option(help="Read the chip of the card in hand at this contactless reader.")] = "",
    blank_is: Annotated[
        str | None, choices.option(choices.BLANK_IS, "Where the booked blank is (hand: it goes to the shift)")
    ] = None,
    skipped: Annotated[list[str] | None, typer.Option(help="Serial that was fed unprinted with it; repeat.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would book, and book nothing.")] = False,
    picture: Picture = None,
    second: MaybeWith = None,
    as_json: Json = False,
) -> None:
    """Settle an attempt in doubt, with the card in hand; without an outcome, show what is known and can be chosen.

    Two people sign, unless the policy lets one; always two for another blank, or unused against the evidence (--scan).
    """
    chosen = [
        name for name, given in (("printed", printed), ("unused", unused), ("spoiled", spoiled is not None)) if given
    ]
    if len(chosen) > 1:
        raise Refused("Say exactly one of --printed, --unused or --spoiled CAUSE.", consequence="Nothing was changed.")
    if picture is not None:
        _draw(context, picture, job, by)
    if reader:
        read: ChipRead = act(context, "chips.read", reader=reader)
        scan = read["uid"]
    if not chosen:
        known: JobDoubt = act(context, "jobs.doubt", job=job, scan=scan)
        if as_json:
            answer(True, choices_in_words(known), show_json)
        else:
            answer(False, known, show_doubt)
        return
    decided: dict[str, Any] = {"job": job, "outcome": chosen[0], "cause": spoiled or "", "blank_is": blank_is}
    decided |= {"skipped": skipped or [], "scan": scan}
    told: JobResolved | JobPreviewed = act(context, "jobs.resolve", by={"name": by}, dry_run=True, **decided)
    assert "choices" in told
    if dry_run:
        if as_json:
            answer(True, choices_in_words(told), show_json)
        else:
            answer(False, told, show_choices)
        return
    if not as_json:
        warn(told["choices"][0]["warning"], err)  # before anybody signs
    people = {"by": signed(by), "second": signed(second) if second else None}
    resolved: JobResolved | JobPreviewed = act(context, "jobs.resolve", **decided, **people)
    assert "choices" not in resolved
    answer(as_json, resolved, _show)


@app.command()
def check(
    context: typer.Context,
    jobs: Jobs,
    by: By,
    good: Annotated[bool, typer.Option("--good", help="The card is good.")] = False,
    spoiled: Spoiled = None,
    second: MaybeWith = None,
    as_json: Json = False,
) -> None:
    """Book the quality check of printed cards; of several, all are booked or, where one is refused, none.

    Whoever loaded the blank, let the printer work and calls the card good are two people at least.
    """
    if good == (spoiled is not None):
        raise Refused("Say exactly one of --good or --spoiled CAUSE.", consequence="Nothing was changed.")
    told = {
        "quality": "good" if good else "spoiled",
        "by": signed(by),
        "second": signed(second) if second else None,
        "cause": spoiled or "",
    }
    _each(context, "jobs.check", jobs, as_json, **told)


@app.command()
def correct(
    context: typer.Context,
    job: Job,
    scan: Annotated[str, typer.Option(help="What is read on the card in hand: its serial or its chip's UID.")],
    by: By,
    second: With,
    attempt: Annotated[
        int | None, typer.Option(min=1, help="Number of the attempt that made the card, where the job left several.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Book which blank really carries a card, good or spoiled, after an unseen double feed; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    answer(as_json, act(context, "jobs.correct", job=job, serial=scan, attempt=attempt, **two), _show)


@app.command()
def handover(
    context: typer.Context,
    jobs: Jobs,
    by: By,
    receiver: Annotated[str | None, choices.option(choices.RECEIVERS, "Who took it; asked for otherwise")] = None,
    old_card: Annotated[str | None, choices.option(choices.OLD_CARD, "The old card; asked for otherwise")] = None,
    basis: Annotated[str | None, typer.Option(help="Paper on which a proxy took it, without a name.")] = None,
    why_unknown: Annotated[str | None, typer.Option("--reason", help="Why it is unknown.")] = None,
    slip: Annotated[bool, typer.Option("--slip", help="Write the slip that the holder takes along, too.")] = False,
    as_json: Json = False,
) -> None:
    """Book finished cards as handed over; of several, all are booked or, where one is refused, none."""
    told = {"receiver": receiver or choices.asked(choices.RECEIVERS, "Who took it")}
    told["old_card"] = old_card or choices.asked(choices.OLD_CARD, "The old card")
    if told["receiver"] == "proxy":
        told["basis"] = basis or asked("Paper on which the proxy took it, without a name")
    elif basis:
        told["basis"] = basis
    if "unknown" in told.values():
        told["why_unknown"] = why_unknown or asked("Why it is unknown")
    elif why_unknown:
        told["why_unknown"] = why_unknown
    who = signed(by)
    _each(context, "jobs.hand_over", jobs, as_json, by=who, **told)
    if slip:
        for job in jobs:
            made: Papers = act(context, "papers.again", kind="handover", name=job, by=who)
            err.print(made["files"]["pdf"], soft_wrap=True)


def _each(context: typer.Context, name: str, jobs: list[str], as_json: bool, **told: Any) -> None:
    if len(jobs) == 1:
        one: JobShown = act(context, name, job=jobs[0], **told)
        answer(as_json, one, lambda job: _show_booked([job]))
        return
    several: JobsShown = act(context, f"{name}_all", all_jobs=jobs, **told)
    answer(as_json, several, lambda done: _show_booked(done["jobs"]))


def _draw(context: typer.Context, path: Path, job: str, by: str) -> None:
    drawn: Drawn = act(context, "pictures.draw", job=job, by=signed(by), to_disk=to_disk(path))
    write_picture(path, drawn)


def _show_list(told: JobList) -> None:
    show_rows(
        "Jobs",
        ["job", "record", "state", "reason", "tries", "blank", "printer", "why it waits"],
        [
            [
                row["id"][:8],
                row["record_id"][:8],
                row["state"],
                row["reason"],
                row["attempts"] or 0,
                row["serial"],
                row["printer"],
                row["waits"]["sentence"] if row["waits"] else None,
            ]
            for row in told["jobs"]
        ],
        text=["why it waits"],
        words={"state": Vocabulary.JOB, "reason": Vocabulary.REASON},
        empty="No such jobs.",
        total=told["total"],
    )
    if "counting" in told:
        out.print(told["counting"])


def _show_booked(jobs: list[JobShown]) -> None:
    """Print what became of cards in as many lines: somebody stands at the counter, and the next one waits."""
    show_rows(
        f"{len(jobs)} booked",
        ["job", "state", "blank"],
        [[job["id"][:8], job["state"], job["attempts"][-1]["serial"]] for job in jobs],
        words={"state": Vocabulary.JOB},
        empty="",
    )
    for job in jobs:
        if job["waits"]:
            out.print(f"{job['id'][:8]}: {job['waits']['sentence']}", soft_wrap=True)


def _span(began: str, ended: str | None) -> str:
    return f"{moment(began)} to {'now' if ended is None else moment(ended)}"


def _turn(attempt: AttemptShown) -> str:
    own = attempt["policy_class"]
    return said(Vocabulary.TURN, attempt["turn"] or "") + (f"; class {own}" if own else "")


def _show(job: JobShown) -> None:
    show_facts(
        {
            "job": job["id"],
            "record": job["record_id"],
            "state": job["state"],
            **({"held because of": job["held_because"]} if job["held_because"] else {}),
            **({"why it waits": job["waits"]["sentence"]} if job["waits"] and job["doubt"] is None else {}),
            **({"not shown now": job["counting"]} if "counting" in job else {}),
        },
        words={"state": Vocabulary.JOB, "held because of": Vocabulary.HELD},
    )
    for attempt in job["attempts"]:
        out.print()
        show_facts(
            {
                f"attempt {attempt['number']}": attempt["id"],
                "state": attempt["state"],
                "blank": attempt["serial"],
                "printer": f"{attempt['printer']}, operator {attempt['operator']}",
                "time": _span(attempt["opened_at"], attempt["closed_at"]),
                **({"its turn": _turn(attempt)} if attempt["turn"] else {}),
                **({"quality": attempt["quality"]} if attempt["quality"] else {}),
                **({"cause": attempt["cause"]} if attempt["cause"] else {}),
                "counters before": ", ".join(f"{name} {value}" for name, value in attempt["counters"].items()),
            },
            words={"state": Vocabulary.ATTEMPT, "quality": Vocabulary.QUALITY, "cause": Vocabulary.CAUSE},
        )
        for evidence in attempt["evidence"]:
            after = ", ".join(f"{name} {value}" for name, value in evidence.get("after", {}).items())
            facts = {
                "  evidence": evidence.get("rung", "a person"),
                "  card position": evidence.get("position"),
                "  counters after": after,
            }
            show_facts(
                {name: value for name, value in facts.items() if value},
                words={"  evidence": Vocabulary.RUNG, "  card position": Vocabulary.POSITION},
            )
            for finding in evidence.get("findings", []):
                out.print(f"    - {finding}")
    if job["doubt"] is not None:
        out.print()
        show_known(job["doubt"])
        out.print(f"See what each choice books: printd jobs resolve {job['id'][:8]}")
