import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { defineActivationTests } from './activation';
import { defineContentSecurityTests, defineDashboardTests } from './dashboard';
import { defineDamageTests } from './damage';
import { defineDatasetTests, defineExcludeTests, defineRelabelTests } from './dataset';
import { defineDecisionsTests } from './decisions';
import { defineDoctorTests } from './doctor';
import { defineNextBatchTests } from './nextBatch';
import { defineRecomputeTests } from './recompute';
import { defineRestrictedTests } from './restricted';
import { defineRunsTests } from './runs';
import { defineSetupTests } from './setup';
import { ui, uiIsDriven } from './ui';

// The packaged host hears the console of the whole window; this mark tells the suite's own lines apart.
const mark = process.env['CDAS_LENS_UI'] === undefined ? '' : '[suite] ';

/** Keeps a picture of the window after each failed test, beside the project's other throw-away files. */
function keepPictures(): void {
  const project = process.env['CDAS_LENS_PROJECT'];
  if (!uiIsDriven || project === undefined) return;
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const name = this.currentTest.fullTitle().replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 100);
    const path = join(project, '.cache/failures', `${name}.png`);
    await ui('screenshot', { path });
    console.log(`${mark}      a picture of the window: ${path}`);
  });
}

function defineTests(): void {
  keepPictures();
  if (process.env['CDAS_LENS_SUITE'] === 'restricted') {
    defineRestrictedTests();
    return;
  }
  defineActivationTests();
  defineRunsTests();
  defineDoctorTests();
  defineNextBatchTests();
  defineSetupTests();
  defineDashboardTests();
  defineDatasetTests();
  defineExcludeTests();
  defineRelabelTests();
  defineDamageTests();
  defineDecisionsTests();
  defineRecomputeTests();
  defineContentSecurityTests();
}

/** Runs the suite inside the extension host; VS Code calls it, and a rejection is a failed run. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  Mocha.reporters.Base.consoleLog = (...line: unknown[]) => {
    for (const part of format(...line).split('\n')) console.log(`${mark}${part}`);
  };
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'spec', color: false });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  defineTests();
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats ?? { passes: 0, failures: 1, pending: 0 };
      const file = process.env['CDAS_LENS_RESULTS'];
      if (file !== undefined) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  });
  if (failed > 0) throw new Error(`${failed} tests failed.`);
}
