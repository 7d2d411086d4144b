"""No struct is left to be worked out once threads read them: two at once would end the process."""

import subprocess
import sys
from pathlib import Path

_CHILD = """
import asyncio, sys
from pathlib import Path

import msgspec

from skipline.store import Database
from skipline.store.structs import _kinds_of

worked_out = []


def notice(frame, event, _):
    if event == "call" and frame.f_code.co_name == "get_class_annotations":
        worked_out.append(frame.f_locals["obj"].__name__)


async def main():
    async with await Database.open(Path(sys.argv[1])):
        ours = [one for one in _kinds_of(msgspec.Struct) if one.__module__.startswith("skipline.")]
        sys.setprofile(notice)
        for struct in ours:
            msgspec.json.Decoder(struct)
        sys.setprofile(None)
        print(len(ours), worked_out)


class New(msgspec.Struct):
    name: str


sys.setprofile(notice)
msgspec.json.Decoder(New)
sys.setprofile(None)
assert worked_out == ["New"], "msgspec works structs out in another way now: look for another witness"
worked_out.clear()
asyncio.run(main())
"""


def test_all_structs_are_worked_out_when_a_database_is_open(tmp_path: Path) -> None:
    child = subprocess.run([sys.executable, "-c", _CHILD, str(tmp_path)], capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    count, _, left = child.stdout.strip().splitlines()[-1].partition(" ")
    assert int(count) > 100
    assert left == "[]"
