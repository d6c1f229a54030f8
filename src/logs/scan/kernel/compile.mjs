// Compiles the scan kernel to WebAssembly.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = path.dirname(fileURLToPath(import.meta.url));

/** The kernel's WebAssembly in base64. Throws with the compiler's messages when it does not compile. */
export async function compileKernel() {
  const target = mkdtempSync(path.join(tmpdir(), 'scan-kernel-'));
  try {
    const file = path.join(target, 'kernel.wasm');
    const options = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd', '--initialMemory', '10'];
    const { error, stderr } = await asc.main(['kernel.ts', '--baseDir', folder, '--outFile', file, ...options]);
    if (error) throw new Error(`the scan kernel does not compile: ${stderr.toString()}`);
    return readFileSync(file).toString('base64');
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}
