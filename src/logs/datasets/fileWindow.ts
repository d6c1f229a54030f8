import { readSync } from 'node:fs';

const windowBytes = 1 << 14;

/** A piece of an open file in memory: what stands near each other in it is read at once. */
export class FileWindow {
  private readonly bytes = Buffer.allocUnsafeSlow(windowBytes);
  private start = 0;
  private end = 0;

  constructor(private readonly fd: number) {}

  /** What is found in the bytes from a place on, of which there are first those that are held and then a whole window; null where it is in neither. What is found is only valid until the next call. */
  find<Found>(place: number, find: (bytes: Buffer) => Found | null): Found | null {
    const found = place >= this.start && place < this.end ? find(this.from(place)) : null;
    if (found !== null) return found;
    this.start = place;
    this.end = place + readSync(this.fd, this.bytes, 0, windowBytes, place);
    return find(this.from(place));
  }

  private from(place: number): Buffer {
    return this.bytes.subarray(place - this.start, this.end - this.start);
  }
}
