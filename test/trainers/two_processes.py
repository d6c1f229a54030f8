"""One of the processes of a distributed job: `torchrun two_processes.py OUTPUT CURATION`."""

import sys

import tiny_trl

output, curation = sys.argv[1:]
tiny_trl.trainer(tiny_trl.config(output, 10, log_completions=False), curation).train()
