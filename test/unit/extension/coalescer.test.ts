import assert from 'node:assert/strict';
import { Coalescer } from '../../../src/extension/coalescer';

describe('Coalescer', () => {
  it('runs once more, not five times more, for five requests during a run', async () => {
    let runs = 0;
    const gates: (() => void)[] = [];
    const coalescer = new Coalescer(async () => {
      runs += 1;
      await new Promise<void>((resolve) => gates.push(resolve));
    });
    const done = coalescer.request();
    for (let i = 0; i < 5; i++) void coalescer.request();
    gates.shift()!();
    await new Promise(setImmediate);
    gates.shift()!();
    await done;
    assert.equal(runs, 2);
  });

  it('runs anew after it has come to rest', async () => {
    let runs = 0;
    const coalescer = new Coalescer(() => {
      runs += 1;
      return Promise.resolve();
    });
    await coalescer.request();
    await coalescer.request();
    assert.equal(runs, 2);
  });

  it('does nothing once disposed', async () => {
    let runs = 0;
    const coalescer = new Coalescer(() => {
      runs += 1;
      return Promise.resolve();
    });
    coalescer.dispose();
    await coalescer.request();
    assert.equal(runs, 0);
  });
});
