"""Loaded once by the server that workers are forked from: what they share without each loading it."""

from __future__ import annotations

import gc
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # there is a worker per core already

from pipelines import dates, extract, language  # noqa: E402

language.load()
dates.load()
extract.extractor()
gc.freeze()  # a collection in a worker must not copy the shared pages
