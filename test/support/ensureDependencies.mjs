// Installs the project's dependencies if they are missing or stale.
import { ensureDependencies, requireNode } from './prepare.mjs';
import { runToEnd } from './vscodeHost/cleanup.mjs';

runToEnd(async () => {
  requireNode();
  await ensureDependencies();
});
