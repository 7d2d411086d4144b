"""A voice worker with little patience: `python hasty_worker.py '{"alone": 1.0}' --socket ...`."""

import dataclasses
import json
import sys

from skipline.voice import command as program
from skipline.voice.patience import Patience

if __name__ == "__main__":
    patience = Patience(**json.loads(sys.argv[1]))
    usual = program.settings_of
    program.settings_of = lambda given: dataclasses.replace(usual(given), patience=patience)  # type: ignore[assignment]
    sys.exit(program.main(sys.argv[2:]))
