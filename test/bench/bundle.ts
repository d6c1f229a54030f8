import path from 'node:path';
import { build } from 'esbuild';

/** Bundles a program as the product's own are bundled, and returns where it is. */
export async function bundle(entry: string, cache: string): Promise<string> {
  const outfile = path.join(cache, `${path.basename(entry, '.ts')}.js`);
  const kernel = (globalThis as { cdasScanKernel?: string }).cdasScanKernel;
  if (kernel === undefined) throw new Error('the scan kernel is not compiled; run this with npm run bench');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['@duckdb/node-api'],
    define: { 'globalThis.cdasScanKernel': JSON.stringify(kernel) },
    logLevel: 'error',
  });
  return outfile;
}
