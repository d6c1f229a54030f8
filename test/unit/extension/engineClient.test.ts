import assert from 'node:assert/strict';
import type { EngineSettings } from '../../../src/protocol/engineApi';
import type { EngineProcess } from '../../../src/extension/engine/engineClient';
import { EngineClient } from '../../../src/extension/engine/engineClient';
import { settingDefaults, engineSettings } from '../../../src/extension/settings';

interface FakeProcess {
  readonly process: EngineProcess;
  /** What the client has sent: the method, and its parameters. */
  readonly calls: { readonly method: string; readonly params: unknown }[];
  readonly die: (reason: string) => void;
  readonly tell: (name: string, value: unknown) => void;
  terminated: boolean;
}

/** An engine that answers `runs` with an empty list, everything else never, and dies when told to. */
function fakeProcess(): FakeProcess {
  const listeners = new Set<(message: unknown) => void>();
  let exit: (reason: string) => void = () => undefined;
  const send = (message: unknown): void => queueMicrotask(() => listeners.forEach((listener) => listener(message)));
  const fake: FakeProcess = {
    calls: [],
    terminated: false,
    die: (reason) => exit(reason),
    tell: (name, value) => send({ kind: 'event', name, value }),
    process: {
      port: {
        post: (message) => {
          // The client posts only the channel's own messages.
          const call = message as { kind: string; id: number; method: string; params: unknown };
          if (call.kind !== 'call') return;
          fake.calls.push({ method: call.method, params: call.params });
          if (call.method === 'runs') send({ kind: 'result', id: call.id, value: [] });
        },
        listen: (listener) => {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      onExit: (listener) => {
        exit = listener;
      },
      terminate: () => {
        fake.terminated = true;
      },
    },
  };
  return fake;
}

function harness(): { client: EngineClient; spawned: FakeProcess[]; delays: number[]; wake: () => void; trouble: string[]; passTime: (ms: number) => void } {
  const spawned: FakeProcess[] = [];
  const delays: number[] = [];
  const trouble: string[] = [];
  let wake: () => void = () => undefined;
  let now = 0;
  const client = new EngineClient({
    spawn: () => {
      const fake = fakeProcess();
      spawned.push(fake);
      return fake.process;
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    after: (ms, run) => {
      delays.push(ms);
      wake = run;
      return () => {
        wake = () => undefined;
      };
    },
    now: () => now,
    onTrouble: (message) => trouble.push(message),
  });
  return { client, spawned, delays, trouble, wake: () => wake(), passTime: (ms) => (now += ms) };
}

const settings: EngineSettings = engineSettings(settingDefaults, {
  folders: [{ folder: '/project/a', runRoots: [] }],
  fallbackDirectory: '/storage',
  trusted: true,
  author: 'Ada',
});

describe('EngineClient', () => {
  it('passes calls and answers', async () => {
    const { client } = harness();
    assert.deepEqual(await client.call('runs', { rescan: true }), []);
  });

  it('rejects what is under way when the engine dies, with the reason', async () => {
    const { client, spawned } = harness();
    const steps = client.call('steps', { run: 'r', offset: 0, limit: 1 });
    spawned[0]!.die('out of memory');
    await assert.rejects(steps, /The engine stopped and is restarting: out of memory/);
  });

  it('gives a new engine the settings and what is on screen', () => {
    const { client, spawned, wake } = harness();
    void client.configure(settings).catch(() => undefined);
    void client.focus(['r']).catch(() => undefined);
    spawned[0]!.die('exit code 1');
    wake();
    assert.deepEqual(spawned[1]!.calls, [
      { method: 'configure', params: settings },
      { method: 'focus', params: { runs: ['r'] } },
    ]);
  });

  it('tells every listener to look again after a restart', () => {
    const { client, spawned, wake } = harness();
    const heard: string[] = [];
    client.on('runsChanged', () => heard.push('runs'));
    client.on('curationChanged', () => heard.push('curation'));
    spawned[0]!.die('exit code 1');
    wake();
    assert.deepEqual(heard, ['runs', 'curation']);
  });

  it('passes the events of an engine that was started again', async () => {
    const { client, spawned, wake } = harness();
    const heard: unknown[] = [];
    client.on('runChanged', (value) => heard.push(value));
    spawned[0]!.die('exit code 1');
    wake();
    spawned[1]!.tell('runChanged', { run: 'r', revision: 3 });
    await Promise.resolve();
    assert.deepEqual(heard, [{ run: 'r', revision: 3 }]);
  });

  it('refuses calls in between, saying that they may be repeated', async () => {
    const { client, spawned } = harness();
    spawned[0]!.die('exit code 1');
    await assert.rejects(client.call('runs', { rescan: false }), /is restarting/);
  });

  it('waits twice as long after each death, and says so after the third', () => {
    const { spawned, delays, trouble, wake } = harness();
    for (let death = 0; death < 9; death++) {
      spawned[death]!.die('exit code 1');
      wake();
    }
    assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(trouble.length, 1);
  });

  it('starts counting anew once an engine has lived for a minute', () => {
    const { spawned, delays, wake, passTime } = harness();
    spawned[0]!.die('exit code 1');
    wake();
    passTime(60_000);
    spawned[1]!.die('exit code 1');
    assert.deepEqual(delays, [500, 500]);
  });

  it('ends its engine and starts no other when disposed', () => {
    const { client, spawned, wake } = harness();
    client.dispose();
    spawned[0]!.die('exit code 0');
    wake();
    assert.equal(spawned[0]!.terminated, true);
    assert.equal(spawned.length, 1);
  });
});
