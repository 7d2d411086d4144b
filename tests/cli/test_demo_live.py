"""`skipline demo` as a user runs it into a pipe: the company opens, agents are given callers, Ctrl-C ends it all."""

import re
import signal
import subprocess
from itertools import takewhile
from threading import Timer

from command_line import PATIENCE_SECONDS, SKIPLINE, clean_environment

RUNG = re.compile(r"\d\d:\d\d:\d\d  (\w+) is rung for (.+) \((gold|silver), queue vip\): Urgency \d+\.\d\d: waited ")


def test_agents_are_given_callers_with_reasons_and_ctrl_c_ends_it() -> None:
    with subprocess.Popen(
        [*SKIPLINE, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment()
    ) as process:
        patience = Timer(PATIENCE_SECONDS, process.kill)
        patience.start()
        try:
            assert process.stdout is not None
            told = list(takewhile(lambda line: " talks with " not in line or " waiting: " in line, process.stdout))
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate()
        finally:
            patience.cancel()
            process.kill()
    assert (process.returncode, errors) == (0, "")
    assert any("The demo company is open" in line for line in told)
    assert any(RUNG.match(line) for line in told), told
