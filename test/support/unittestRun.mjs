// Runs Python tests.
import { findOnPath } from './vscodeHost/executables.mjs';
import { userError } from './vscodeHost/cleanup.mjs';
import { projectRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';

/** The Python on PATH that is at least 3.`minor`, with the version it states; undefined where there is none. */
export async function findPython(minor) {
  for (const name of ['python3', 'python']) {
    const path = findOnPath([name]);
    if (path === undefined) continue;
    const check = await run(path, ['-c', `import sys; print(sys.version); sys.exit(sys.version_info < (3, ${minor}))`], { quiet: true });
    if (check.code === 0) return { path, version: check.output.trim() };
  }
  return undefined;
}

/** Runs unittest and counts; rejects when it ended before its tests did. */
export async function runUnittest(python, args, { env, timeoutMs }) {
  const { code, output, timedOut } = await run(python, ['-m', 'unittest', ...args], {
    cwd: projectRoot,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    timeoutMs,
  });
  if (timedOut) throw userError(`its tests did not end within ${timeoutMs / 1000} s`);
  const ran = /^Ran (\d+) tests?/m.exec(output);
  if (ran === null) throw userError(`unittest ended with exit code ${code} before its tests did; see above`);
  const [summary] = /^(OK|FAILED|NO TESTS RAN)\b.*$/m.exec(output.slice(ran.index)) ?? [''];
  const count = (word) => Number(new RegExp(`\\b${word}=(\\d+)`).exec(summary)?.[1] ?? 0);
  const failed = count('failures') + count('errors') + count('unexpected successes');
  const skipped = count('skipped');
  // A class that cannot be set up is an error without a test of its own.
  const counts = { passed: Math.max(0, Number(ran[1]) - failed - skipped), failed, skipped };
  return code !== 0 && failed === 0 ? { ...counts, failed: 1, reason: `unittest ended with exit code ${code}` } : counts;
}
