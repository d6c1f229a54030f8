"""The dataset object in torch's dataloader."""

import os
import unittest

import torch.distributed
import torch.multiprocessing
from harness import EXCLUDE, PIN, CurationCase, problem_id, verl_rows
from torch.utils.data import DataLoader, DistributedSampler

from cdas_lens.rows import CuratedRows


PINNED = (1, 2, 3)


def read_an_epoch(rank, directory):
    """One of two processes, each with a dataloader worker."""
    os.environ.pop("CDAS_LENS_LAUNCH", None)
    torch.distributed.init_process_group("gloo", f"file://{directory}/meeting", rank=rank, world_size=2)
    curated = CuratedRows(verl_rows(16), directory, 4, run="torch", process=rank, processes=2)
    batches = list(DataLoader(curated, batch_size=4, sampler=DistributedSampler(curated), collate_fn=list, num_workers=1))
    served = [{row["extra_info"]["index"] for row in batch} & {0, *PINNED} for batch in batches]
    dealt = [None, None]
    torch.distributed.all_gather_object(dealt, served)
    for each in zip(*dealt):
        assert sorted(sum(map(sorted, each), [])) == list(PINNED), dealt
    torch.distributed.destroy_process_group()


class InTorch(CurationCase):
    def test_two_processes_share_out_the_pins_and_write_one_receipt(self):
        self.decide({problem_id(0): EXCLUDE, **{problem_id(each): PIN for each in PINNED}})
        torch.multiprocessing.spawn(read_an_epoch, (self.directory,), nprocs=2)
        self.assertEqual([each["adapter"].split()[0] for each in self.receipts()], ["rows"])

    def batches(self, workers):
        curated = CuratedRows(verl_rows(12), self.directory, 4, run="torch")
        loader = DataLoader(curated, batch_size=4, shuffle=True, collate_fn=list, num_workers=workers)
        return [[row["extra_info"]["index"] for row in batch] for _ in range(3) for batch in loader]

    def test_every_batch_holds_the_pin_and_no_excluded_row(self):
        self.decide({problem_id(0): EXCLUDE, problem_id(1): PIN})
        for workers in (0, 2):
            batches = self.batches(workers)
            self.assertEqual([len(batch) for batch in batches], [4] * 9)
            self.assertTrue(all(1 in batch and 0 not in batch for batch in batches), batches)
        self.assertEqual(len(self.receipts()), 1)

    def test_without_decisions_an_epoch_is_every_row_once(self):
        for workers in (0, 2):
            batches = self.batches(workers)
            self.assertEqual(sorted(sum(batches[:3], [])), list(range(12)))


if __name__ == "__main__":
    unittest.main()
