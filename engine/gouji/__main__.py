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

        return run()
    except KeyboardInterrupt:
        return 130


def command() -> None:
    """The whole process: run the command line and end with its exit status.

    Python would take every object apart first, which takes as long as reading a report and is of use to nobody. It
    does so where a thread is still at work, somebody measures the process, or something written cannot be got rid of.
    """
    status = main()
    try:
        if threading.active_count() == 1 and sys.getprofile() is None and sys.gettrace() is None:
            atexit._run_exitfuncs()
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(status)
    except (AttributeError, OSError, ValueError, KeyboardInterrupt):
        pass
    sys.exit(status)


if __name__ == "__main__":
    command()
