import assert from 'node:assert/strict';
import { build, type BuildOptions } from 'esbuild';

const maxBytes = 300_000;

async function bytesOf(entry: string, options: Pick<BuildOptions, 'platform' | 'format' | 'target' | 'external' | 'jsx' | 'jsxImportSource'>): Promise<number> {
  const { outputFiles } = await build({ ...options, entryPoints: [entry], bundle: true, minify: true, write: false, outdir: 'unused' });
  return outputFiles.find(({ path }) => path.endsWith('.js'))?.contents.length ?? Infinity;
}

describe('a minified bundle that VS Code loads at once', () => {
  it('stays below 300 kB: the extension', async () => {
    const bytes = await bytesOf('src/extension/extension.ts', { platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] });
    assert.ok(bytes < maxBytes, `${bytes} bytes`);
  });

  it('stays below 300 kB: the dashboard', async () => {
    const bytes = await bytesOf('src/webview/dashboard.tsx', { platform: 'browser', format: 'iife', target: 'es2022', jsx: 'automatic', jsxImportSource: 'preact' });
    assert.ok(bytes < maxBytes, `${bytes} bytes`);
  });
});
