"""What goes wrong at one step goes wrong at the next: log lines that are said once."""

from __future__ import annotations

import logging
import sys
from typing import Set


class Complaints:
    """Logs warnings, each text once, with the exception that is being handled, if there is one."""

    def __init__(self, log: logging.Logger):
        self._log = log
        self._said: Set[str] = set()

    def say(self, what: str) -> None:
        """Logs `what` unless it was said before."""
        if what not in self._said:
            self._log.warning("CDAS: %s", what, exc_info=sys.exc_info()[0] is not None)
        self._said.add(what)
