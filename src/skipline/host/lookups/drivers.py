"""Drivers of the sources that are not asked over HTTP, found beside their piece and opened when first needed."""

from importlib import import_module

from skipline.model.lookup import Driver, SourceSettings


class Drivers:
    """One driver for each kind of source."""

    def __init__(self) -> None:
        self._open: dict[str, Driver] = {}

    def of(self, settings: SourceSettings) -> Driver:
        """The driver in the folder of the piece that `settings` is of."""
        package = type(settings).__module__.rpartition(".")[0]
        if package not in self._open:
            self._open[package] = import_module(f"{package}.driver").Driver()
        return self._open[package]

    async def close(self) -> None:
        """Close what the drivers hold open."""
        for driver in self._open.values():
            await driver.close()
        self._open.clear()
