// Gives code that is not bundled the scan kernel, as the bundler gives it to the bundles; mocha and the benchmarks load this first.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const source = path.join(root, 'src/logs/scan/kernel');

/** The kernel in base64, compiled once for each state of its source. */
async function compiledKernel() {
  const hash = createHash('sha1');
  for (const file of readdirSync(source).sort()) hash.update(file).update(readFileSync(path.join(source, file)));
  const cached = path.join(root, '.cache/scan-kernel', hash.digest('hex'));
  try {
    return readFileSync(cached, 'utf8');
  } catch {
    // Not compiled yet.
  }
  const { compileKernel } = await import('../../src/logs/scan/kernel/compile.mjs');
  const kernel = await compileKernel();
  mkdirSync(path.dirname(cached), { recursive: true });
  writeFileSync(`${cached}.${process.pid}`, kernel);
  renameSync(`${cached}.${process.pid}`, cached);
  return kernel;
}

globalThis.cdasScanKernel = await compiledKernel();
