"""`gouji` and `python -m gouji`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line; the exit status."""
    # Whatever is imported and loaded first stays until the end: collecting meanwhile finds nothing.
    gc.disable()
    try:
        from gouji.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
