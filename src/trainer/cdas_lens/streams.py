"""Random values that are functions of their numbers alone: the same in the extension, bit for bit."""

from __future__ import annotations

import math

MASK = 0xFFFFFFFF


def seeded_hash(seed: int, value: int) -> int:
    """A 32-bit hash of an integer under a seed."""
    mixed = ((seed * 0x9E3779B1) ^ (value * 0x85EBCA6B)) & MASK
    mixed = ((mixed ^ (mixed >> 16)) * 0x7FEB352D) & MASK
    mixed = ((mixed ^ (mixed >> 15)) * 0x846CA68B) & MASK
    return mixed ^ (mixed >> 16)


def uniform(stream: int, number: int) -> float:
    """The number-th value of a stream, strictly between 0 and 1."""
    return (seeded_hash(stream, number) + 0.5) / 4294967296


class Stream:
    """Reads a stream from its beginning."""

    def __init__(self, stream: int):
        self._stream, self._read = stream, 0

    def uniform(self) -> float:
        """The next value, strictly between 0 and 1."""
        self._read += 1
        return uniform(self._stream, self._read - 1)

    def normal(self) -> float:
        """A standard normal value (Box and Muller)."""
        radius = math.sqrt(-2 * math.log(self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def gamma(self, shape: float) -> float:
        """Marsaglia and Tsang (2000); shapes below 1 are raised by 1 and scaled back."""
        if shape < 1:
            return self.gamma(shape + 1) * self.uniform() ** (1 / shape)
        d = shape - 1 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            x = self.normal()
            t = 1 + c * x
            if t <= 0:
                continue
            v = t * t * t
            if math.log(self.uniform()) < 0.5 * x * x + d - d * v + d * math.log(v):
                return d * v

    def beta(self, alpha: float, beta: float) -> float:
        """A value from the beta distribution."""
        first = self.gamma(alpha)
        return first / (first + self.gamma(beta))
