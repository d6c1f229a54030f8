"""Sees to it that a receipt gets into its file, though the disk may be full for a while."""

from __future__ import annotations

import math
import time
from typing import Any, Mapping, Optional

from cdas_lens.decisions import SamplerFile
from cdas_lens.receipts import append_receipt

_AGAIN_SECONDS = 5.0


class Delivery:
    """The receipt that is owed in a curation directory: the newest one, as those before it say less."""

    def __init__(self, directory: str):
        self._directory = directory
        self._owed: Optional[Mapping[str, Any]] = None
        self._tried_at = -math.inf

    def owe(self, receipt: Optional[Mapping[str, Any]]) -> None:
        """This one is owed now and no other; None: none is."""
        self._owed, self._tried_at = receipt, -math.inf

    def deliver(self) -> None:
        """Writes the receipt that is owed; while something keeps it from the file, again after a while."""
        owed, now = self._owed, time.monotonic()
        if owed is None or now - self._tried_at < _AGAIN_SECONDS:
            return
        self._tried_at = now
        if append_receipt(self._directory, owed, lambda: self._is_on_disk(owed["digest"])) is not None:
            self._owed = None

    def _is_on_disk(self, digest: str) -> bool:
        look = SamplerFile(self._directory)
        look.poll(force=True)
        return look.config is not None and look.config.digest == digest
