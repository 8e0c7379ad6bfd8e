"""A cover note made of its template, as a program of its own: JSON comes on standard input, the text goes out.

The template may be somebody else's, and a template is a program: it can loop for ever, or make a text that fills the
memory, even where it reaches nothing of Python. So it is rendered in Jinja's sandbox, by a process that has a bound to
its memory and time. It imports nothing of Daysheet but the bound, because it must start fast.

Exit code 3: the template is wrong, and standard output says how; 4: it takes too much.
"""

from __future__ import annotations

import json
import sys

from daysheet.bounded import bound

WRONG, TOO_MUCH = 3, 4
LENGTH = 100_000
"""The longest note, in characters."""


def main(memory: int, seconds: int) -> int:
    """Render one note under these bounds: bytes, and seconds of the processor."""
    from jinja2 import StrictUndefined, TemplateError  # noqa: PLC0415 - what it takes is taken before the bounds
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    asked = json.loads(sys.stdin.buffer.read())
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    bound(memory, seconds)
    note = ""
    try:
        for piece in environment.from_string(asked["template"]).generate(asked["values"]):
            note += piece
            if len(note) > LENGTH:
                return TOO_MUCH
    except TemplateError as problem:
        sys.stdout.write(json.dumps(problem.message))
        return WRONG
    except (MemoryError, RecursionError, OverflowError):
        return TOO_MUCH
    except Exception as problem:  # noqa: BLE001 - a template may do anything that is wrong in Python
        sys.stdout.write(json.dumps(type(problem).__name__))
        return WRONG
    sys.stdout.write(json.dumps(note))
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
