import assert from 'node:assert/strict';
import path from 'node:path';
import { chosenMetrics, metricsView, relativeTo } from '../../../src/engine/views/metricsView';
import { fixtures, loadOnly } from './fixtureRuns';

describe('the metrics that a dashboard draws', () => {
  it('are, without a wish, what people look at first', () => {
    const verl = ['actor/entropy', 'actor/grad_norm', 'actor/kl_loss', 'actor/pg_loss', 'actor/ppo_kl', 'critic/rewards/mean', 'response_length/clip_ratio', 'response_length/max', 'response_length/mean', 'timing_s/step'];
    assert.deepEqual(chosenMetrics(verl, null), ['actor/entropy', 'actor/ppo_kl', 'response_length/mean', 'actor/pg_loss']);
    const trl = ['clip_ratio/high_mean', 'completions/clipped_ratio', 'completions/max_length', 'completions/mean_length', 'entropy', 'epoch', 'grad_norm', 'kl', 'loss', 'reward', 'reward_std'];
    assert.deepEqual(chosenMetrics(trl, null), ['entropy', 'kl', 'completions/mean_length', 'loss']);
  });

  it('are the first two where no name is known', () => {
    assert.deepEqual(chosenMetrics(['a', 'b', 'c'], null), ['a', 'b']);
  });

  it('are those asked for that are there, each once, four at most', () => {
    assert.deepEqual(chosenMetrics(['a', 'b', 'c', 'd', 'e'], ['e', 'x', 'e', 'a', 'b', 'c', 'd']), ['e', 'a', 'b', 'c']);
    assert.deepEqual(chosenMetrics(['a', 'loss'], []), []);
    assert.deepEqual(chosenMetrics(['a', 'loss'], ['of another run']), ['loss']);
  });

  it('come with their points and the file they lie in, relative to the run', async () => {
    const run = await loadOnly(path.join(fixtures, 'runs/verl_v07'));
    run.advanceMetrics(1 << 20, 0);
    const { series, advice, notes } = metricsView(run, ['actor/entropy'], 100);
    assert.deepEqual(series, [{ name: 'actor/entropy', step: [1, 2, 3, 4], value: [0.58, 0.55, 0.52, 0.49], points: 4, files: ['cdas_demo/qwen_gsm8k.jsonl'] }]);
    assert.deepEqual([advice, notes], [null, []]);
  });

  it('are, where there are none, what to switch on in the trainer', async () => {
    const run = await loadOnly(path.join(fixtures, 'hostile/15_step_mismatch'));
    run.advanceMetrics(1 << 20, 0);
    assert.match(metricsView(run, null, 100).advice!, /trainer\.logger=\["console","file"\]/);
  });

  it('name files elsewhere by their whole path', () => {
    assert.deepEqual([relativeTo('/a/b', '/a/b/c/d'), relativeTo('/a/b', '/a/x')], ['c/d', '/a/x']);
  });
});
