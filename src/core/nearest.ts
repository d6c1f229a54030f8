/** Whether candidate `a` comes before `b`; a strict total order. */
export type Before = (a: number, b: number) => boolean;

/** Keeps the k first of all offered candidates in a heap whose root is the last of them: O(N log k) time, O(k) memory. */
export class NearestHeap {
  private readonly heap: number[] = [];

  constructor(
    private readonly k: number,
    private readonly before: Before,
  ) {}

  /** The last of the kept candidates once there are k of them: only what comes before it gets in. */
  get lastKept(): number | undefined {
    return this.heap.length < this.k ? undefined : this.heap[0];
  }

  offer(candidate: number): void {
    if (this.heap.length < this.k) {
      this.heap.push(candidate);
      this.siftUp(this.heap.length - 1);
      return;
    }
    const last = this.heap[0];
    if (last === undefined || !this.before(candidate, last)) return;
    this.heap[0] = candidate;
    this.siftDown();
  }

  /** The kept candidates, first one first. */
  sorted(): number[] {
    return [...this.heap].sort((a, b) => (this.before(a, b) ? -1 : 1));
  }

  private siftUp(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfLater(index, parent)) return;
      index = parent;
    }
  }

  private siftDown(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= this.heap.length) return;
      const right = left + 1;
      const later = right < this.heap.length && this.isLater(right, left) ? right : left;
      if (!this.swapIfLater(later, index)) return;
      index = later;
    }
  }

  private isLater(a: number, b: number): boolean {
    const first = this.heap[a];
    const second = this.heap[b];
    return first !== undefined && second !== undefined && this.before(second, first);
  }

  private swapIfLater(child: number, parent: number): boolean {
    const a = this.heap[child];
    const b = this.heap[parent];
    if (a === undefined || b === undefined || !this.before(b, a)) return false;
    this.heap[child] = b;
    this.heap[parent] = a;
    return true;
  }
}
