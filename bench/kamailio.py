"""A Kamailio that relays each call to one target and keeps its transactions, as the measure of this machine."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CONFIGURATION = """#!KAMAILIO
children=1
log_stderror=yes
debug=0
fork=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {{
  if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
  if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
  if (has_totag()) {{ loose_route(); t_relay(); exit; }}
  t_check_trans();
  $du = "sip:127.0.0.1:{target_port}";
  t_relay();
}}
"""


class NoKamailio(Exception):
    """Kamailio is not on this machine; the message says what to install."""


@contextmanager
def running_kamailio(folder: Path, port: int, target_port: int) -> Iterator[int]:
    """The process id of a Kamailio that listens on `port` of loopback for the length of the block."""
    program = shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    modules = next(iter(sorted(Path("/usr").glob("lib*/**/kamailio/modules"))), None)
    if program is None or modules is None:
        raise NoKamailio("Kamailio is not installed: run `make bench`, or install the Debian package kamailio")
    written = folder / "kamailio.cfg"
    written.write_text(
        _CONFIGURATION.format(port=port, target_port=target_port, modules=f"{modules}/"), encoding="ascii"
    )
    with (folder / "kamailio.log").open("wb") as log:
        command = [program, "-DD", "-E", "-f", str(written), "-m", "256", "-M", "16", "-Y", str(folder)]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)
