"""Starts a voice worker: `python -m skipline.voice --socket PATH --cache FOLDER --sip HOST:PORT`."""

import sys

# structlog loads rich, where it finds it, for tracebacks in colour. A worker writes plain lines: 4 MB for nothing.
sys.modules["rich"] = None  # type: ignore[assignment]

from skipline.voice.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
