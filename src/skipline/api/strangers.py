"""What a browser is told with a file that a stranger sent or spoke: it is that file only, and runs nowhere."""

from collections.abc import Mapping

STRANGERS_FILE: Mapping[str, str] = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers beside the one that says how long it may be kept."""
