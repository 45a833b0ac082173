"""Live through one schedule again and show it: ``PYTHONPATH=tests python -m crash.replay 'evolis/1/2 17:kill'``."""

from __future__ import annotations

import sys

from crash.house import Violation, dialogue, house
from crash.schedules import read_plan


def main(text: str) -> int:
    """Print points, what physically happened, and what was broken; return 1 where something was."""
    plan = read_plan(text)
    with house(plan) as made:
        for line in made.lines.values():
            line.trace = lambda way, data, at=made.points: print(f"{len(at.names):5} {way} {data[:40]!r}")  # type: ignore[misc]
        try:
            made.run()
        except Violation as broken:
            print(f"BROKEN: {broken}")
            return 1
        finally:
            for number, name in enumerate(made.points.names, start=1):
                print(f"{number:5} {name}  {'+'.join(plan.schedule.get(number, ()))}")
            for name, sim in made.printers.items():
                print(f"--- {name}\n{dialogue(sim)}")
        print(f"{len(made.points.names)} points, {made.lives} lives, {made.rounds + 1} rounds: books equal physics")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
