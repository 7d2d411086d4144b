"""msgspec works out how a struct is read when the first one is read, and keeps that. Two threads that do so at the same
time end the process: the second one meets a field that is not worked out yet (msgspec 0.22, `json_decode_struct_map`;
the crash drill found it). So all structs are worked out before a second thread reads any.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import msgspec

from skipline import model


def work_out_structs() -> None:
    """Work out every struct of ours that was defined so far, and all of `model`. Call it where no thread reads yet, and
    again when more was imported; it takes some milliseconds, and less the second time."""
    for module in iter_modules(model.__path__, f"{model.__name__}."):
        import_module(module.name)
    for struct in _kinds_of(msgspec.Struct):
        if struct.__module__.startswith("skipline."):
            msgspec.json.Decoder(struct)


def _kinds_of(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for kind in struct.__subclasses__():
        yield kind
        yield from _kinds_of(kind)
