import { messageOf } from '../core/errors';

/** One end of a message pipe: a worker's port, a webview, or one half of a pair in a test. */
export interface Port {
  post(message: unknown): void;
  /** Calls `listener` for each message; returns how to stop. */
  listen(listener: (message: unknown) => void): () => void;
}

/** What a handler gets besides its parameters. */
export interface CallContext {
  /** True once the caller has given up. */
  readonly cancelled: () => boolean;
  /** Tells the caller how far the work is, 0 to 1. */
  readonly progress: (fraction: number) => void;
}

/** How a call is watched and given up. */
export interface CallOptions {
  readonly onProgress?: (fraction: number) => void;
  /** Receives the function that cancels the call. */
  readonly onStart?: (cancel: () => void) => void;
}

// `never` lets any method signature through; the call site is typed by the API interface itself.
type AnyMethod = (params: never) => unknown;
type MethodsOf<Api> = { readonly [Name in keyof Api]: Api[Name] extends AnyMethod ? Api[Name] : never };
/** What a method takes. */
export type ParamsOf<Method> = Method extends (params: infer Params) => unknown ? Params : never;
/** What a method's promise resolves to. */
export type ResultOf<Method> = Method extends (params: never) => infer Result ? Awaited<Result> : never;

/** The handlers of one side: the API's methods, sync or async, with the call's context. */
export type Handlers<Api> = {
  readonly [Name in keyof Api]: (params: ParamsOf<Api[Name]>, context: CallContext) => ResultOf<Api[Name]> | Promise<ResultOf<Api[Name]>>;
};

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'progress'; readonly id: number; readonly fraction: number }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly expected: boolean }
  | { readonly kind: 'event'; readonly name: string; readonly value: unknown };

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((fraction: number) => void) | undefined;
}

/** An error that a person caused or can fix: its message is shown as it is, without a stack trace. */
export class ExpectedError extends Error {
  override readonly name: string = 'ExpectedError';
}

/** The caller gave up; not a failure. */
export class CancelledError extends ExpectedError {
  override readonly name = 'CancelledError';
  constructor() {
    super('cancelled');
  }
}

/**
 * Typed calls and events over a port, the same class at both ends. `Local` is what this end answers and tells,
 * `Remote` what the other end does. A call whose handler throws rejects; closing rejects what is pending.
 */
export class Channel<Local, LocalEvents, Remote, RemoteEvents> {
  private readonly pending = new Map<number, Pending>();
  private readonly running = new Map<number, { cancelled: boolean }>();
  private readonly listeners = new Map<string, Set<(value: never) => void>>();
  private nextId = 1;
  private closedBecause: string | null = null;
  private readonly stopListening: () => void;

  constructor(
    private readonly port: Port,
    private readonly handlers: Handlers<MethodsOf<Local>>,
    private readonly onBug: (error: unknown) => void,
  ) {
    this.stopListening = port.listen((message) => {
      if (isMessage(message)) this.receive(message);
    });
  }

  /** Calls a method of the other end. Rejects with its error, when the parameters cannot be sent, and once the channel is closed. */
  call<Name extends keyof Remote & string>(
    method: Name,
    params: ParamsOf<Remote[Name]>,
    options: CallOptions = {},
  ): Promise<ResultOf<Remote[Name]>> {
    const id = this.nextId++;
    const answer = this.ask({ kind: 'call', id, method, params }, options.onProgress);
    options.onStart?.(() => {
      this.post({ kind: 'cancel', id });
    });
    // The other end runs the handler typed by the same interface.
    return answer as Promise<ResultOf<Remote[Name]>>;
  }

  /** Tells the other end something; nobody answers. */
  tell<Name extends keyof LocalEvents & string>(name: Name, value: LocalEvents[Name]): void {
    this.post({ kind: 'event', name, value });
  }

  /** Listens to what the other end tells; returns how to stop. */
  on<Name extends keyof RemoteEvents & string>(name: Name, listener: (value: RemoteEvents[Name]) => void): () => void {
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Stops listening; whatever is pending rejects with `reason`, and so does every later call. */
  close(reason: string): void {
    this.closedBecause = reason;
    this.stopListening();
    for (const call of this.pending.values()) call.reject(new ExpectedError(reason));
    this.pending.clear();
    for (const work of this.running.values()) work.cancelled = true;
  }

  private ask(call: Extract<Message, { kind: 'call' }>, onProgress: CallOptions['onProgress']): Promise<unknown> {
    // What is thrown here rejects.
    return new Promise<unknown>((resolve, reject) => {
      if (this.closedBecause !== null) throw new ExpectedError(this.closedBecause);
      this.pending.set(call.id, { resolve, reject, onProgress });
      try {
        this.post(call);
      } catch (error) {
        this.pending.delete(call.id);
        throw error;
      }
    });
  }

  private post(message: Message): void {
    this.port.post(message);
  }

  private receive(message: Message): void {
    switch (message.kind) {
      case 'call':
        // It rejects only where not even the error could be posted.
        this.answer(message.id, message.method, message.params).catch(this.onBug);
        return;
      case 'event':
        // Values on this name are typed by RemoteEvents at both ends.
        for (const listener of this.listeners.get(message.name) ?? []) listener(message.value as never);
        return;
      case 'cancel': {
        const work = this.running.get(message.id);
        if (work) work.cancelled = true;
        return;
      }
      default:
        this.settle(message);
    }
  }

  private settle(message: Extract<Message, { kind: 'progress' | 'result' | 'error' }>): void {
    const call = this.pending.get(message.id);
    if (!call) return;
    if (message.kind === 'progress') {
      call.onProgress?.(message.fraction);
      return;
    }
    this.pending.delete(message.id);
    if (message.kind === 'result') call.resolve(message.value);
    else if (!message.expected) call.reject(new Error(message.message));
    else call.reject(message.message === 'cancelled' ? new CancelledError() : new ExpectedError(message.message));
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const work = { cancelled: false };
    this.running.set(id, work);
    try {
      const handlers: ReadonlyMap<string, unknown> = new Map(Object.entries(this.handlers));
      const handler = handlers.get(method);
      if (typeof handler !== 'function') throw new ExpectedError(`unknown method ${method}`);
      const context: CallContext = {
        cancelled: () => work.cancelled,
        progress: (fraction) => {
          this.post({ kind: 'progress', id, fraction });
        },
      };
      // Handlers of one API are typed where they are given; here they are only looked up by name.
      const value = await (handler as (params: unknown, context: CallContext) => unknown)(params, context);
      this.post({ kind: 'result', id, value });
    } catch (error) {
      const expected = error instanceof ExpectedError;
      if (!expected) this.onBug(error);
      this.post({ kind: 'error', id, message: messageOf(error), expected });
    } finally {
      this.running.delete(id);
    }
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
