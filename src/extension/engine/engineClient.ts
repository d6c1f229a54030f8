import type { CallOptions, ParamsOf, Port, ResultOf } from '../../protocol/channel';
import { Channel, ExpectedError } from '../../protocol/channel';
import type { EngineApi, EngineEvents, EngineSettings } from '../../protocol/engineApi';
import { l10n } from '../l10n';
import { thrown, type Log } from '../log';

/** The engine as the contributions see it: typed calls, and events that say that something changed. */
export interface Engine {
  call<Name extends keyof EngineApi>(
    method: Name,
    params: ParamsOf<EngineApi[Name]>,
    options?: CallOptions,
  ): Promise<ResultOf<EngineApi[Name]>>;
  /** Calls `listener` at each event; dispose to stop. */
  on<Name extends keyof EngineEvents>(name: Name, listener: (value: EngineEvents[Name]) => void): { dispose(): void };
}

/** A running engine: its end of the pipe, and when it ends. */
export interface EngineProcess {
  readonly port: Port;
  /** Calls `listener` once, with the reason, when the engine has died. */
  onExit(listener: (reason: string) => void): void;
  terminate(): void;
}

/** Where the client gets its engine and its time from. */
export interface EngineClientOptions {
  readonly spawn: () => EngineProcess;
  readonly log: Log;
  /** Calls `run` after `ms`; returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly now: () => number;
  /** Hears that the engine keeps dying, once per series of deaths. */
  readonly onTrouble: (message: string) => void;
}

/** This end answers nothing and tells nothing. */
type None = object;
type Listeners = { [Name in keyof EngineEvents]: Set<(value: EngineEvents[Name]) => void> };

const firstDelayMs = 500;
const longestDelayMs = 30_000;
/** An engine that has lived this long counts as healthy again. */
const healthyMs = 60_000;
/** So many deaths in a row are worth a message. */
const troubleDeaths = 3;

/**
 * Keeps one engine running: starts it, gives it the settings and what is on screen, and starts it again, ever later,
 * when it dies. Calls that were under way then reject; every listener hears that everything may have changed.
 */
export class EngineClient implements Engine {
  private process: EngineProcess | null = null;
  private channel: Channel<None, None, EngineApi, EngineEvents> | null = null;
  private settings: EngineSettings | null = null;
  private focused: readonly string[] = [];
  private startedAt = 0;
  private deaths = 0;
  private cancelRestart: () => void = () => undefined;
  private disposed = false;
  private readonly listeners: Listeners = {
    runsChanged: new Set(),
    runChanged: new Set(),
    curationChanged: new Set(),
    log: new Set(),
  };

  constructor(private readonly options: EngineClientOptions) {
    this.start();
  }

  /** The settings in force, null before the first `configure`. */
  get configured(): EngineSettings | null {
    return this.settings;
  }

  /** Gives the engine its settings, now and after every restart. */
  async configure(settings: EngineSettings): Promise<void> {
    this.settings = settings;
    await this.call('configure', settings);
  }

  /** Tells the engine which runs are on screen, now and after every restart. */
  async focus(runs: readonly string[]): Promise<void> {
    this.focused = runs;
    await this.call('focus', { runs });
  }

  call<Name extends keyof EngineApi>(
    method: Name,
    params: ParamsOf<EngineApi[Name]>,
    options: CallOptions = {},
  ): Promise<ResultOf<EngineApi[Name]>> {
    if (!this.channel) return Promise.reject(new ExpectedError(l10n.t('The engine stopped and is restarting. Try again in a moment.')));
    return this.channel.call(method, params, options);
  }

  on<Name extends keyof EngineEvents>(name: Name, listener: (value: EngineEvents[Name]) => void): { dispose(): void } {
    const listeners: Set<(value: EngineEvents[Name]) => void> = this.listeners[name];
    listeners.add(listener);
    return { dispose: () => void listeners.delete(listener) };
  }

  dispose(): void {
    this.disposed = true;
    this.cancelRestart();
    this.channel?.close('closed');
    this.channel = null;
    this.process?.terminate();
    this.process = null;
  }

  private start(): void {
    const process = this.options.spawn();
    this.process = process;
    this.startedAt = this.options.now();
    const channel = new Channel<None, None, EngineApi, EngineEvents>(process.port, {}, (error) => {
      this.options.log.error(thrown(error));
    });
    this.channel = channel;
    this.forward(channel, 'runsChanged');
    this.forward(channel, 'runChanged');
    this.forward(channel, 'curationChanged');
    this.forward(channel, 'log');
    process.onExit((reason) => {
      this.died(process, reason);
    });
  }

  private forward(channel: Channel<None, None, EngineApi, EngineEvents>, name: keyof EngineEvents): void {
    channel.on(name, (value) => {
      // `name` is one event; the compiler sees the union of all.
      for (const listener of this.listeners[name]) (listener as (value: unknown) => void)(value);
    });
  }

  private died(process: EngineProcess, reason: string): void {
    if (this.disposed || process !== this.process) return;
    this.channel?.close(l10n.t('The engine stopped and is restarting: {0}.', reason));
    this.channel = null;
    this.process = null;
    if (this.options.now() - this.startedAt >= healthyMs) this.deaths = 0;
    this.deaths += 1;
    const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.deaths - 1));
    this.options.log.error(`The engine stopped (${reason}); restarting in ${delay} ms.`);
    if (this.deaths === troubleDeaths) {
      this.options.onTrouble(l10n.t('The engine keeps stopping: {0}. It restarts after ever longer waits; see the log.', reason));
    }
    this.cancelRestart = this.options.after(delay, () => {
      this.restart();
    });
  }

  private restart(): void {
    this.start();
    this.options.log.info('The engine has restarted.');
    const onError = (error: unknown): void => this.options.log.error(thrown(error));
    if (this.settings) this.call('configure', this.settings).catch(onError);
    this.call('focus', { runs: this.focused }).catch(onError);
    for (const listener of this.listeners.runsChanged) listener({ revision: 0 });
    for (const listener of this.listeners.curationChanged) listener({ revision: 0 });
  }
}
