import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Channel, ExpectedError, type Handlers, type Port } from '../protocol/channel';
import type { EngineApi, EngineEvents, EngineSettings, EngineWorkerData } from '../protocol/engineApi';
import { Engine } from './engine';
import { IndexCache } from './reading/indexCache';
import type { ReadingAids } from './reading/readingAids';
import { secondReader } from './reading/secondReader';
import { PollLoop, type Tell } from './pollLoop';

const thread = parentPort;
if (thread === null) throw new Error('the engine worker runs in a worker thread only');

const port: Port = {
  post: (message) => thread.postMessage(message),
  listen: (listener) => {
    thread.on('message', listener);
    return () => thread.off('message', listener);
  },
};

let engine: Engine | null = null;
let loop: PollLoop | null = null;

const tell: Tell = (name, value) => channel.tell(name, value);

const onTrouble = (message: string): void => tell('log', { level: 'warn', message });

/** Made before the first byte is read; whoever starts this worker gives it an EngineWorkerData. */
const aids: ReadingAids = {
  cache: new IndexCache(path.join((workerData as EngineWorkerData).cacheDirectory, 'index'), { onTrouble }),
  second: secondReader(__dirname, onTrouble),
};

async function configure(settings: EngineSettings): Promise<void> {
  if (engine?.accepts(settings)) {
    engine.changeSettings(settings);
    // What it takes more than a turn to rate anew is not left until the next look.
    loop?.hint();
    return;
  }
  await loop?.stop();
  const listener = {
    onRunChanged: (run: string) => tell('runChanged', { run, revision: engine?.catalog.get(run).revision ?? 0 }),
    onRunsChanged: () => tell('runsChanged', { revision: Date.now() }),
    onCurationChanged: () => loop?.hint(),
  };
  engine = new Engine(settings, listener, aids);
  loop = new PollLoop(engine, tell);
  void loop.run();
}

/** Every method of the engine, asked of the one that is configured at that moment. */
function ofEngine<Name extends Exclude<keyof EngineApi, 'configure'>>(name: Name): Handlers<EngineApi>[Name] {
  return ((params: never, context: never) => {
    if (engine === null) throw new ExpectedError('the engine is not configured yet');
    const answered = (engine.handlers()[name] as (params: never, context: never) => unknown)(params, context);
    // What was asked about is wanted now: the loop reads it without waiting for its next turn.
    if (name === 'focus') loop?.hint();
    return answered;
    // One name at a time, the handler's own signature is kept; the compiler cannot follow it through the lookup.
  }) as Handlers<EngineApi>[Name];
}

const channel = new Channel<EngineApi, EngineEvents, object, object>(
  port,
  {
    configure,
    runs: ofEngine('runs'),
    steps: ofEngine('steps'),
    groups: ofEngine('groups'),
    problems: ofEngine('problems'),
    problem: ofEngine('problem'),
    rollouts: ofEngine('rollouts'),
    dashboard: ofEngine('dashboard'),
    annotate: ofEngine('annotate'),
    recompute: ofEngine('recompute'),
    doctor: ofEngine('doctor'),
    nextBatch: ofEngine('nextBatch'),
    explain: ofEngine('explain'),
    decide: ofEngine('decide'),
    revert: ofEngine('revert'),
    decisions: ofEngine('decisions'),
    curation: ofEngine('curation'),
    focus: ofEngine('focus'),
  },
  (error) => tell('log', { level: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
);
