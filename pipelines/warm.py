"""Loaded once by the server that workers are forked from: what they share without each loading it."""

from __future__ import annotations

import gc
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # there is a worker per core already

from pipelines import dates, extract, language  # noqa: E402
from storage.types import Page  # noqa: E402

_SAMPLE = b"""<html lang="en"><head><title>Ferry aground</title></head><body><h1>Ferry aground</h1><article>
<p class="text">A ferry has run aground off Marrow Bay on Monday evening; all of its forty passengers are safe.</p>
<h2>At low water</h2><p>It will be towed off at high water, said the coastguard, who had come out with two boats.</p>
<p>Share</p></article><div id="comments"><h3>2 comments</h3></div></body></html>"""

language.load()
dates.load()
extract.extract(Page("http://localhost/ferry", _SAMPLE))  # compiles what is compiled when it is first used
gc.freeze()  # a collection in a worker must not copy the shared pages
