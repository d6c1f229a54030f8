"""The dataset object in torch's dataloader."""

import unittest

from harness import EXCLUDE, PIN, CurationCase, problem_id, verl_rows
from torch.utils.data import DataLoader

from cdas_lens.rows import CuratedRows


class InTorch(CurationCase):
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
