"""`gouji` and `python -m gouji`."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading


def main() -> int:
    """Run the command line; the exit status."""
    # Whatever is imported and loaded first stays until the end: collecting meanwhile finds nothing.
    gc.disable()
    try:
        from gouji.cli import main as run

        status = run()
    except KeyboardInterrupt:
        return 130
    _leave(status)
    return status


def _leave(status: int) -> None:
    """End the process, unless a thread is still at work or something written cannot be got rid of.

    Python would take every object apart first, which takes as long as reading a report and is of use to nobody.
    """
    if threading.active_count() > 1:
        return
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (AttributeError, OSError, ValueError):
        return
    atexit._run_exitfuncs()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
