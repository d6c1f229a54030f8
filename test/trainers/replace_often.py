"""Replaces sampler.json about a thousand times a second until its input ends: `replace_often.py CURATION ID…`.

Every fifth file is half-written. After each hundred replacements it prints how many there were.
"""

import json
import sys
import threading
import time

from harness import sampler_config, write_config

curation, excluded, *pinned = sys.argv[1:]
texts = [
    json.dumps(sampler_config({excluded: {"membership": "exclude"}, each: {"membership": "pin"}}, generation))
    for generation, each in enumerate(pinned, 10)
]
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
count = 0
while not ended.is_set():
    text = texts[count % len(texts)]
    write_config(curation, text[:70] if count % 5 == 4 else text)
    count += 1
    if count % 100 == 0:
        print(count, flush=True)
    time.sleep(0.0005)
