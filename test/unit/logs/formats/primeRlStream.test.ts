import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ObservedRun } from '../../../../src/engine/observedRun';
import { openRuns } from '../../../../src/logs/discovery/discover';
import { groupTexts } from '../../../../src/engine/reading/rolloutTexts';
import { loadOnly, problemWith, readExpected } from '../../engine/fixtureRuns';
import { assertHolds, contextOf, fixtureRun, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

interface Episode {
  readonly traces: readonly { readonly info?: object }[];
  readonly [key: string]: unknown;
}

const rollouts = path.join(fixtureRun('prime_rl_head'), 'gsm8k-demo/rollouts');

/** The episodes of the fixture of a step, as the file monitor of prime-rl stamps them since PR 3444 (`orchestrator`'s `stamp_arrival`). */
function episodes(step: number, kinds: readonly ('train' | 'eval')[] = ['train', 'eval']): string {
  return kinds
    .filter((kind) => readdirSync(path.join(rollouts, `step_${step}`)).includes(kind))
    .flatMap((kind) => {
      const lines = readFileSync(path.join(rollouts, `step_${step}/${kind}/all/traces.jsonl`), 'utf8').trim().split('\n');
      return lines.map((line) => {
        const episode = JSON.parse(line) as Episode;
        const info = { kind, dispatch: { step: Math.max(1, step - 1), time: 1 }, arrival: { step, time: 2 } };
        return `${JSON.stringify({ ...episode, traces: episode.traces.map((trace) => ({ ...trace, info: { ...trace.info, ...info } })) })}\n`;
      });
    })
    .join('');
}

describe('prime-rl’s stream of episodes', () => {
  const directory = temporaryDirectory();
  let traces: string;
  beforeEach(() => {
    traces = path.join(directory.path(), 'gsm8k-demo/monitors/file/traces');
    mkdirSync(path.join(traces, 'stream'), { recursive: true });
    mkdirSync(path.join(traces, 'annotations/orchestrator'), { recursive: true });
    writeFileSync(path.join(traces, 'annotations/orchestrator/00000.jsonl'), '{"version": 1, "trace_id": "a", "info": {"effective": true}, "branches": []}\n');
  });

  const chunk = (number: number): string => path.join(traces, `stream/0000${number}.jsonl`);
  const groupsOf = (run: ObservedRun): unknown => run.steps.map(({ step, groups }) => [step, groups.map(({ n, correct }) => [n, correct])]);

  it('holds the rollouts of every step, across chunks of which the first is compressed', async () => {
    writeFileSync(`${chunk(0)}.gz`, gzipSync(episodes(1) + episodes(2)));
    writeFileSync(chunk(1), episodes(3) + episodes(4));
    const run = await loadOnly(directory.path());
    assertHolds(run, readExpected('prime_rl_head'));
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.variant, summary.name, summary.completeness], ['prime-rl', 'stream of episodes', 'gsm8k-demo', 'complete']);
  });

  it('is read from a single file too, as prime-rl wrote it at first', async () => {
    writeFileSync(path.join(traces, 'stream.jsonl'), [1, 2, 3, 4].map((step) => episodes(step)).join(''));
    assertHolds(await loadOnly(directory.path()), readExpected('prime_rl_head'));
  });

  it('replaces the steps that a resumed run appends again, in the same chunk and in a later one', async () => {
    const whole = await (async () => {
      writeFileSync(chunk(0), [1, 2, 3, 4].map((step) => episodes(step)).join(''));
      return groupsOf(await loadOnly(directory.path()));
    })();
    writeFileSync(chunk(0), [1, 2, 3, 2].map((step) => episodes(step)).join(''));
    writeFileSync(chunk(1), episodes(3) + episodes(4));
    const run = await loadOnly(directory.path());
    assert.deepEqual(groupsOf(run), whole);
    assert.ok(summaryOf(run).health.superseded > 0);
  });

  it('forgets the steps that a resumed run has not come to again', async () => {
    writeFileSync(chunk(0), [1, 2, 3].map((step) => episodes(step)).join(''));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step }) => step), [1, 2, 3]);
    appendFileSync(chunk(0), episodes(2));
    while (run.advance(1 << 20, Date.now()).more);
    assert.deepEqual(run.steps.map(({ step }) => step), [1, 2]);
    appendFileSync(chunk(0), episodes(3) + episodes(4));
    while (run.advance(1 << 20, Date.now()).more);
    assertHolds(run, readExpected('prime_rl_head'));
  });

  it('goes on with the step that a chunk ends in', async () => {
    const lines = episodes(2, ['train']).trim().split('\n').map((line) => `${line}\n`);
    writeFileSync(chunk(0), episodes(1) + lines.slice(0, 5).join(''));
    writeFileSync(chunk(1), lines.slice(5).join('') + episodes(3) + episodes(4));
    assertHolds(await loadOnly(directory.path()), readExpected('prime_rl_head'));
  });

  it('is followed while it grows', async () => {
    writeFileSync(chunk(0), episodes(1));
    const [source] = (await openRuns(directory.path())).runs;
    const run = new ObservedRun(source!, { mode: 'paper', correctThreshold: null });
    const readOn = (): number => {
      while (run.advance(1 << 20, Date.now()).more);
      return run.steps.length;
    };
    assert.equal(readOn(), 1);
    appendFileSync(chunk(0), episodes(2));
    writeFileSync(chunk(1), episodes(3) + episodes(4));
    assert.equal(readOn(), 4);
  });

  it('stays the same when a chunk is compressed', async () => {
    writeFileSync(chunk(0), episodes(1) + episodes(2));
    writeFileSync(chunk(1), episodes(3) + episodes(4));
    const run = await loadOnly(directory.path());
    writeFileSync(`${chunk(0)}.gz`, gzipSync(readFileSync(chunk(0))));
    while (run.advance(1 << 20, Date.now()).more);
    rmSync(chunk(0));
    while (run.advance(1 << 20, Date.now()).more);
    assertHolds(run, readExpected('prime_rl_head'));
  });

  it('shows what the model wrote', async () => {
    writeFileSync(chunk(0), episodes(1));
    const run = await loadOnly(directory.path());
    const { id } = run.registry.problems[problemWith(run, readExpected('prime_rl_head').questions['p2']!)]!;
    const group = groupTexts(contextOf(run), id, 1);
    assert.deepEqual([group.rollouts.length, group.missing], [4, null]);
    assert.match(group.rollouts[0]!.response, /^(?:Let me|#### )/);
  });

  it('has its metrics beside it', async () => {
    writeFileSync(chunk(0), episodes(1));
    writeFileSync(path.join(directory.path(), 'gsm8k-demo/monitors/file/metrics.jsonl'), '{"step": null, "time": 1, "vllm/running": 3}\n{"step": 1, "time": 2, "entropy/mean": 0.5, "producer": "trainer"}\n');
    const run = await loadOnly(directory.path());
    while (run.advanceMetrics(1 << 20, Date.now()).more);
    assert.deepEqual(run.metrics.names, ['entropy/mean']);
  });
});
