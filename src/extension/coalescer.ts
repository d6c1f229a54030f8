/**
 * Runs `work` at most once at a time: a request during a run queues exactly one more run, however many come.
 * `work` must not throw; what it reports it reports itself.
 */
export class Coalescer {
  private running: Promise<void> | null = null;
  private queued = false;
  private disposed = false;

  constructor(private readonly work: () => Promise<void>) {}

  /** Asks for a run that starts after now; resolves when no more runs are queued. */
  request(): Promise<void> {
    if (this.disposed) return Promise.resolve();
    if (this.running) {
      this.queued = true;
      return this.running;
    }
    this.running = this.drain();
    return this.running;
  }

  dispose(): void {
    this.disposed = true;
  }

  private async drain(): Promise<void> {
    try {
      do {
        this.queued = false;
        await this.work();
        // `request` and `dispose` set these while the work is awaited.
      } while (this.shouldRunAgain());
    } finally {
      this.running = null;
    }
  }

  private shouldRunAgain(): boolean {
    return this.queued && !this.disposed;
  }
}
