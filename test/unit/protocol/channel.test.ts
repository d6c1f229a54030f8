import assert from 'node:assert/strict';
import { CancelledError, Channel, ExpectedError, type CallContext, type Handlers, type Port } from '../../../src/protocol/channel';

interface Api {
  double(value: number): number;
}
type Handler = Handlers<Api>['double'];
type Caller = Channel<object, object, Api, object>;

/** Two ports: what is posted into one is heard at the other, as a structured clone. */
function portPair(): readonly [Port, Port] {
  const listeners: [(message: unknown) => void, (message: unknown) => void] = [() => undefined, () => undefined];
  const end = (own: 0 | 1): Port => ({
    post: (message) => listeners[own === 0 ? 1 : 0](structuredClone(message)),
    listen: (listener) => {
      listeners[own] = listener;
      return () => {
        listeners[own] = () => undefined;
      };
    },
  });
  return [end(0), end(1)];
}

function connected(double: Handler): { readonly caller: Caller; readonly bugs: unknown[] } {
  const [near, far] = portPair();
  const bugs: unknown[] = [];
  new Channel<Api, object, object, object>(far, { double }, (error) => bugs.push(error));
  return { caller: new Channel(near, {}, (error) => bugs.push(error)), bugs };
}

describe('a channel', () => {
  it('answers calls with what the handler gives, and tells how far it is', async () => {
    const { caller } = connected((value, { progress }) => {
      progress(0.5);
      return 2 * value;
    });
    const fractions: number[] = [];
    assert.equal(await caller.call('double', 21, { onProgress: (fraction) => fractions.push(fraction) }), 42);
    assert.deepEqual(fractions, [0.5]);
  });

  it('passes on what a person can mend as it is, and anything else as a bug', async () => {
    const expected = connected(() => {
      throw new ExpectedError('name a file');
    });
    await assert.rejects(expected.caller.call('double', 1), new ExpectedError('name a file'));
    assert.deepEqual(expected.bugs, []);
    const unexpected = connected(() => {
      throw new TypeError('undefined is not a function');
    });
    await assert.rejects(unexpected.caller.call('double', 1), new Error('undefined is not a function'));
    assert.equal(unexpected.bugs.length, 1);
  });

  it('refuses the names of what every object has', async () => {
    const { caller } = connected((value) => value);
    // No method of the API; somebody else may post it all the same.
    await assert.rejects(caller.call('constructor' as 'double', 1), new ExpectedError('unknown method constructor'));
  });

  it('tells a handler that its caller gave up', async () => {
    const { caller } = connected(async (value, context: CallContext) => {
      await Promise.resolve();
      if (context.cancelled()) throw new CancelledError();
      return value;
    });
    const answer = caller.call('double', 1, { onStart: (cancel) => cancel() });
    await assert.rejects(answer, CancelledError);
  });

  it('rejects calls that are under way when it closes, and those that come later', async () => {
    const { caller } = connected(() => new Promise<number>(() => undefined));
    const before = caller.call('double', 1);
    caller.close('the engine stopped');
    await assert.rejects(before, new ExpectedError('the engine stopped'));
    await assert.rejects(caller.call('double', 1), new ExpectedError('the engine stopped'));
  });

  it('rejects a call whose parameters cannot be sent', async () => {
    const { caller } = connected((value) => value);
    // A function is no number, and nothing that a port can carry.
    const unsendable = (() => 1) as unknown as number;
    const answer = caller.call('double', unsendable);
    await assert.rejects(answer, /could not be cloned/);
  });

  it('reports an answer that not even its error can be sent for, as a bug', async () => {
    const bugs: unknown[] = [];
    let hear: (message: unknown) => void = () => undefined;
    const deaf: Port = {
      post: () => {
        throw new Error('the window is gone');
      },
      listen: (listener) => {
        hear = listener;
        return () => undefined;
      },
    };
    new Channel<Api, object, object, object>(deaf, { double: (value) => value }, (error) => bugs.push(error));
    hear({ kind: 'call', id: 1, method: 'double', params: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(bugs.map(String), ['Error: the window is gone', 'Error: the window is gone']);
  });
});
