import type { EngineClient } from './engine/engineClient';
import type { Log } from './log';
import { inBackground } from './report';

/** Gathers which runs are on screen from everything that shows runs, and tells the engine, which polls those faster. */
export class Focus {
  private readonly bySource = new Map<string, readonly string[]>();
  private told = '';

  constructor(
    private readonly engine: Pick<EngineClient, 'focus'>,
    private readonly log: Log,
  ) {}

  /** Replaces what one source has on screen. */
  set(source: string, runs: readonly string[]): void {
    this.bySource.set(source, runs);
    const all = [...new Set([...this.bySource.values()].flat())].sort();
    const key = all.join('\n');
    if (key === this.told) return;
    this.told = key;
    inBackground(this.engine.focus(all), this.log);
  }
}
