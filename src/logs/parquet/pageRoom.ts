/** What is held of a file at once: what its pages unpack to, and what they are made into. */
const maxBytes = 200_000_000;

/** The room that is left for the pages of a file. */
export class PageRoom {
  private held = 0;

  constructor(private readonly size = maxBytes) {}

  get left(): number {
    return this.size - this.held;
  }

  /** Throws an Error that says what to do where there is not so much left; `what` is what it is for. */
  take(bytes: number, what: string): void {
    if (bytes > this.left) {
      const [needed, most] = [bytes + this.held, this.size].map((each) => `${Math.ceil(each / 1e6)} MB`);
      throw new Error(`${what} needs ${needed ?? ''} of memory, and the limit is ${most ?? ''}: write the file with smaller row groups, in pandas to_parquet(…, row_group_size=10000)`);
    }
    this.held += bytes;
  }

  giveBack(bytes: number): void {
    this.held -= bytes;
  }
}
