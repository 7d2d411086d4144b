"""One line of contacts before one group of agents, as the formulas of staffing see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What comes in and who answers. `handling_seconds` is the mean of talk, hold and wrap-up; `patience_seconds` the
    mean time after which a contact gives up (None: never). Raises `ValueError` for a figure that is not above zero."""

    arrivals_per_second: float
    handling_seconds: float
    agents: int
    patience_seconds: float | None = None

    def __post_init__(self) -> None:
        for name in ("arrivals_per_second", "handling_seconds", "agents", "patience_seconds"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} is {value}: give a figure above zero")

    @property
    def load(self) -> float:
        """The offered load in erlangs: how many agents would be busy if nobody ever waited or gave up."""
        return self.arrivals_per_second * self.handling_seconds

    @property
    def answers_per_second(self) -> float:
        """How many contacts all agents together finish when all of them are busy."""
        return self.agents / self.handling_seconds
