"""One of the processes of a distributed job: `torchrun two_processes.py OUTPUT CURATION`."""

import os
import sys

import tiny_trl
import torch.distributed

output, curation = sys.argv[1:]
tiny_trl.trainer(tiny_trl.config(output, 10, log_completions=False), curation).train()
torch.distributed.barrier()
torch.distributed.destroy_process_group()
sys.stdout.flush()
# The job is over; torch's own threads sometimes abort an interpreter that shuts down.
os._exit(0)
