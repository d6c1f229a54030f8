// Bundles the extension, its engine worker, the command line, the webviews and the demo trainer into dist/.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { build, context } from 'esbuild';
import { compileKernel } from './src/logs/scan/kernel/compile.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Says which build kept what was read of a run: one that reads otherwise does not take it. */
function digestOfReaders() {
  const hash = createHash('sha1').update(version);
  for (const layer of ['src/core/', 'src/logs/', 'src/engine/']) {
    const directory = new URL(layer, import.meta.url);
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) hash.update(readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`));
    }
  }
  return hash.digest('hex');
}

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  define: { CDAS_LENS_VERSION: JSON.stringify(version) },
  outdir: 'dist',
};
const node = { ...shared, platform: 'node', format: 'cjs', target: 'node20' };
/** Bundles that read logs carry the scan kernel. */
const reader = { ...node, define: { ...node.define, CDAS_LENS_BUILD: JSON.stringify(digestOfReaders()), 'globalThis.cdasScanKernel': JSON.stringify(await compileKernel()) } };

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension/extension.ts' }, external: ['vscode'] },
  { ...reader, entryPoints: { engineWorker: 'src/engine/worker.ts' } },
  { ...reader, entryPoints: { readerThread: 'src/engine/reading/readerThread.ts' } },
  { ...reader, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: { dashboard: 'src/webview/dashboard.tsx' },
  },
];
if (!production) bundles.push({ ...node, entryPoints: { demoTrainer: 'test/support/demo/main.ts' } });

if (watch) await Promise.all(bundles.map(async (options) => (await context(options)).watch()));
else await Promise.all(bundles.map((options) => build(options)));
