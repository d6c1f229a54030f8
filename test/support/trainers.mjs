// npm run test:trainers [-- TEST…]: runs the trainer adapters inside real frameworks on the CPU. The last line is
// "N passed, M failed"; the exit code is 0 only if nothing failed.
import { ensureDependencies, buildBundles, requireNode } from './prepare.mjs';
import { runTrainers } from './trainersRun.mjs';
import { runToEnd } from './vscodeHost/cleanup.mjs';

async function runTests() {
  requireNode();
  await ensureDependencies();
  await buildBundles();
  return runTrainers(process.argv.slice(2));
}

runToEnd(async () => {
  const { passed, failed, reason } = await runTests().catch((error) => ({ passed: 0, failed: 1, reason: error.userMessage ?? error.stack }));
  if (reason !== undefined) console.error(reason);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
});
