// One sample of what an extension host sees of its engine, in a process of its own: prints what was measured, ms.
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { Coalescer } from '../../src/extension/coalescer';
import { EngineClient } from '../../src/extension/engine/engineClient';
import { spawnEngineWorker } from '../../src/extension/engine/engineWorker';
import { readLineAt } from '../../src/logs/files/lineAt';
import type { DashboardState } from '../../src/protocol/dashboard';
import { Random } from '../support/fuzz/random';
import { withOneFile } from './oneFile';
import type { Sample } from './engineSample';

interface Paths {
  /** The bundled engine worker. */
  readonly worker: string;
  readonly directory: string;
  /** Where the index cache is. */
  readonly cache: string;
}

/** The engine as the extension runs it, with one run on screen: every change has the list, the tree and the dashboard pulled anew. */
class Host {
  readonly engine: EngineClient;
  state: DashboardState | null = null;
  private readonly puller = new Coalescer(() => this.pull());
  private seen: () => void = () => undefined;
  private closed = false;

  constructor({ worker, cache }: Pick<Paths, 'worker' | 'cache'>) {
    const fail = (error: Error | string): void => {
      throw new Error(String(error));
    };
    this.engine = new EngineClient({
      spawn: () => spawnEngineWorker(worker, { cacheDirectory: cache }),
      log: { info: () => undefined, warn: (message) => process.stderr.write(`${message}\n`), error: fail },
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      now: () => performance.now(),
      onTrouble: fail,
    });
    this.engine.on('runsChanged', () => void this.puller.request());
    this.engine.on('runChanged', () => void this.puller.request());
  }

  /** Opens the one run of a directory; changes are found by polling alone. */
  async open(directory: string): Promise<void> {
    const settings = { curationDirectory: path.join(directory, '.cdas'), correctThreshold: null, dataset: null, canWrite: false, author: 'bench' };
    await this.engine.configure({ ...settings, roots: [directory], mode: 'paper', pollMs: 1000, watch: 'poll' });
    const [run] = await this.engine.call('runs', { rescan: true });
    if (run === undefined) throw new Error(`no run in ${directory}`);
    await this.engine.focus([run.id]);
    await this.puller.request();
  }

  /** Waits for a state on screen. */
  async until(isSo: (state: DashboardState) => boolean): Promise<DashboardState> {
    for (;;) {
      const { state } = this;
      if (state !== null && isSo(state)) return state;
      await new Promise<void>((resolve) => (this.seen = resolve));
    }
  }

  close(): void {
    this.closed = true;
    this.engine.dispose();
  }

  private async pull(): Promise<void> {
    try {
      await this.pullAll();
    } catch (error) {
      // What was asked last gets no answer any more.
      if (!this.closed) throw error;
    }
  }

  private async pullAll(): Promise<void> {
    const [run] = await this.engine.call('runs', { rescan: false });
    if (run === undefined) return;
    await this.engine.call('steps', { run: run.id, offset: 0, limit: 200 });
    this.state = await this.engine.call('dashboard', { run: run.id, widthPx: 1200, metrics: null });
    this.seen();
  }
}

/** A large run indexed from nothing, and how late the host's event loop was meanwhile; keeps the index for `reopen`. */
async function index(paths: Paths): Promise<Omit<Sample, 'peakBytes'>> {
  rmSync(paths.cache, { recursive: true, force: true });
  // What is recorded is the time between two ticks, so a tick counts into the delay.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  const host = new Host(paths);
  delay.enable();
  await host.open(paths.directory);
  const { run } = await host.until((state) => state.run.loaded);
  const indexMs = performance.now() - start;
  delay.disable();
  const bytes = readdirSync(paths.directory).reduce((sum, name) => sum + statSync(path.join(paths.directory, name)).size, 0);
  await indexWritten(paths.cache);
  host.close();
  const times = { index: [indexMs], delayP99: [delay.percentile(99) / 1e6], delayMax: [delay.max / 1e6] };
  return { times, log: { bytes, rollouts: run.rollouts, problems: run.problems } };
}

async function indexWritten(cache: string): Promise<void> {
  const directory = path.join(cache, 'index');
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (existsSync(directory) && readdirSync(directory).some((name) => name.endsWith('.index'))) return;
    await after(50);
  }
  throw new Error(`no index was written to ${directory}`);
}

/** From the start of the worker to the whole run on screen, out of the index cache. */
async function reopen(paths: Paths): Promise<Omit<Sample, 'peakBytes'>> {
  const start = performance.now();
  const host = new Host(paths);
  await host.open(paths.directory);
  await host.until((state) => state.run.loaded);
  const ms = performance.now() - start;
  host.close();
  return { times: { reopenOnScreen: [ms] } };
}

/** 100 kB appended to a large file at any moment: from the end of the write to the new rollouts on screen. */
async function append(paths: Paths, passes: number): Promise<Omit<Sample, 'peakBytes'>> {
  const cache = mkdtempSync(path.join(path.dirname(paths.directory), 'append-cache-'));
  const random = new Random(1);
  try {
    return await withOneFile(paths.directory, async (file) => {
      const host = new Host({ worker: paths.worker, cache });
      await host.open(path.dirname(file));
      let { rollouts } = (await host.until((state) => state.run.loaded)).run;
      const line = `${readLineAt(file, 0).toString()}\n`;
      const addition = line.repeat(Math.ceil(100_000 / line.length));
      const times: number[] = [];
      for (let pass = 0; pass < passes; pass++) {
        await after(random.below(1000));
        appendFileSync(file, addition);
        const start = performance.now();
        const before = rollouts;
        ({ rollouts } = (await host.until((state) => state.run.rollouts > before)).run);
        times.push(performance.now() - start);
      }
      host.close();
      return { times: { onScreen: times } };
    });
  } finally {
    rmSync(cache, { recursive: true });
  }
}

async function main(): Promise<void> {
  const [name = '', directory = '', worker = '', cache = '', passes = '1'] = process.argv.slice(2);
  const paths = { directory, worker, cache };
  const samples: Readonly<Record<string, () => Promise<Omit<Sample, 'peakBytes'>>>> = { index: () => index(paths), reopen: () => reopen(paths), append: () => append(paths, Number(passes)) };
  const sample = samples[name];
  if (sample === undefined) throw new Error(`no benchmark ${name}`);
  const printed: Sample = { ...(await sample()), peakBytes: process.resourceUsage().maxRSS * 1024 };
  console.log(JSON.stringify(printed));
}

void main();
