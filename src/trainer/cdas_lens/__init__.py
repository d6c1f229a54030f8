"""Lets a training job obey `.cdas/sampler.json`: what people decided about its problems in CDAS Lens.

The standard library is enough for every module but the per-framework ones (`verl`), which import their
framework only when a class of it is asked for.
"""

__version__ = "0.1.0"
