"""Energy of a device, from its total-energy counter where there is one, otherwise from its power."""

COUNTER = "counter"
INTEGRATED = "integrated power"


class PowerIntegral:
    """The integral of sampled power over time, by trapezoids between the samples, with its mean and peak.

    Attributes:
        joules: the integral so far.
        peak: highest sample in watts; ``None`` before the first.
        first: time of the first sample in seconds.
        last: time of the last.
    """

    def __init__(self) -> None:
        self.joules = 0.0
        self.peak: float | None = None
        self.first: float | None = None
        self.last: float | None = None
        self._watts = 0.0

    def add(self, time: float, watts: float) -> None:
        """Take a sample; times must not go back."""
        if self.last is None:
            self.first = time
        else:
            self.joules += (self._watts + watts) / 2 * (time - self.last)
        self.last = time
        self._watts = watts
        self.peak = watts if self.peak is None else max(self.peak, watts)

    @property
    def mean(self) -> float | None:
        """Mean watts, by time; the sample itself where there is but one."""
        if self.first is None or self.last is None:
            return None
        return self.joules / (self.last - self.first) if self.last > self.first else self._watts


class EnergyMeter:
    """Joules between the first sample and the last.

    The counter is read as differences. Where it goes back (a driver that was loaded anew, a counter that wraps) or is
    missing at either end, the time between is filled with integrated power. Energy is known only if one of the two
    covers all of the window.

    Attributes:
        power: the integral of the power samples.
        steps: how often the counter was seen to move.
    """

    def __init__(self) -> None:
        self.power = PowerIntegral()
        self.steps = 0
        self._start: float | None = None
        self._now = 0.0
        self._counter: int | None = None
        self._counted = 0.0
        self._filled = 0.0
        self._unknown = False
        # Up to when energy is settled, what power had come to by then, and whether power was read just then.
        self._settled = 0.0
        self._power_settled = 0.0
        self._power_known = False

    def add(self, time: float, millijoules: int | None, watts: float | None) -> None:
        """Take a sample; times must not go back.

        Args:
            time: when, in seconds.
            millijoules: the counter; ``None`` if it gave nothing.
            watts: the power; ``None`` if it gave nothing.
        """
        first = self._start is None
        if self._start is None:
            self._start = time
        self._now = time
        if watts is not None:
            self.power.add(time, watts)
        if millijoules is not None:
            self._count(time, millijoules)
        if first or millijoules is not None:
            self._settled, self._power_settled = time, self.power.joules
            self._power_known = watts is not None

    def _count(self, time: float, millijoules: int) -> None:
        if self._counter is not None and millijoules >= self._counter:
            self._counted += (millijoules - self._counter) / 1000
            self.steps += millijoules > self._counter
        elif time > self._settled and self._start is not None and time > self._start:
            joules = self._fill()
            self._unknown = self._unknown or joules is None
            self._counted += joules or 0.0
            self._filled += time - self._settled
        self._counter = millijoules

    def _fill(self) -> float | None:
        """Return what power comes to since energy was settled; ``None`` if it was not read at both ends."""
        if self._power_known and self.power.last == self._now:
            return self.power.joules - self._power_settled
        return None

    @property
    def joules(self) -> float | None:
        """Energy so far; ``None`` where it is not known for all of the window."""
        if self._start is None or self._unknown:
            return None
        tail = self._fill() if self._settled < self._now or self._counter is None else 0.0
        return None if tail is None else self._counted + tail

    @property
    def method(self) -> str | None:
        """``counter`` or ``integrated power``; ``None`` where energy is not known."""
        if self.joules is None:
            return None
        return COUNTER if self._counter is not None else INTEGRATED

    @property
    def mean_watts(self) -> float | None:
        """Mean power: energy over time where energy is known, otherwise that of the power samples."""
        seconds = self._now - self._start if self._start is not None else 0.0
        return self.joules / seconds if self.joules is not None and seconds > 0 else self.power.mean

    @property
    def filled_seconds(self) -> float:
        """How long power stood in for a counter that there was otherwise."""
        if self._counter is None:
            return 0.0
        return self._filled + self._now - self._settled
