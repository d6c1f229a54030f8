// Mocha's own readable report, and the counts as JSON in the file named by CDAS_LENS_RESULTS.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(process.env.CDAS_LENS_RESULTS, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
