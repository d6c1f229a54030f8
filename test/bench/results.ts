import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';

const file = path.join(import.meta.dirname, 'RESULTS.md');
const titles = { ingest: 'Reading logs (`npm run bench -- ingest`)', engine: 'The engine (`npm run bench -- engine`)', sampling: 'Sampling (`npm run bench -- sampling`)' } as const;
const intro = 'Measured by the benchmarks of this directory, never by hand. In the first two parts only ratios within one table compare: its samples were taken in one run, interleaved, each in a process of its own, warm page cache, medians.';

/** Prints a benchmark's report, with `how` it was run, and puts it into RESULTS.md in the place of its last one. */
export function writeResults(name: keyof typeof titles, report: string, how: string): void {
  const [cpu] = cpus();
  const machine = `${cpu?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
  const load = loadavg().map((each) => each.toFixed(1));
  const section = `## ${titles[name]}\n\n${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC; ${machine}; load average at the end ${load.join(' ')}; ${how}.\n\n${report}\n`;
  console.log(section);
  const others = Object.keys(titles).filter((other) => other !== name).flatMap((other) => sectionOf(other as keyof typeof titles) ?? []);
  writeFileSync(file, [`# Results\n\n${intro}\n`, ...[section, ...others].sort(byTitle)].join('\n'));
}

function byTitle(a: string, b: string): number {
  const order = Object.values(titles).map((title) => `## ${title}`);
  return order.findIndex((title) => a.startsWith(title)) - order.findIndex((title) => b.startsWith(title));
}

function sectionOf(name: keyof typeof titles): string | null {
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf(`## ${titles[name]}`);
  if (start < 0) return null;
  const end = text.indexOf('\n## ', start + 1);
  return `${text.slice(start, end < 0 ? undefined : end).trimEnd()}\n`;
}
