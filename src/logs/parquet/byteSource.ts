import { fstatSync, readFileSync, readSync } from 'node:fs';
import { contentOf } from '../files/decompress';
import { compressedEnd } from '../logFormat';

/** Bytes of which parts can be had. */
export interface ByteSource {
  readonly size: number;
  /** Bytes of one's own. Throws a RangeError where there are not so many. */
  read(at: number, length: number): Uint8Array;
  /** The same for bytes that are looked at until the next call. */
  peek(at: number, length: number): Uint8Array;
}

/** What is compressed as a whole can only be unpacked whole. */
const maxUnpackedBytes = 1 << 26;

/** The content of a file that is open whenever it is read; decompressed where its name says that it is compressed. */
export function bytesOf(name: string, fd: () => number): ByteSource {
  return compressedEnd.test(name) ? new HeldBytes(contentOf(name, readFileSync(fd()), maxUnpackedBytes)) : new FileBytes(fd, fstatSync(fd()).size);
}

/** An open file. */
export class FileBytes implements ByteSource {
  private scratch = Buffer.alloc(0);

  constructor(
    private readonly fd: () => number,
    readonly size: number,
  ) {}

  read(at: number, length: number): Uint8Array {
    this.check(at, length);
    return this.fill(Buffer.allocUnsafeSlow(length), at);
  }

  peek(at: number, length: number): Uint8Array {
    this.check(at, length);
    if (this.scratch.length < length) this.scratch = Buffer.allocUnsafeSlow(2 * length);
    return this.fill(this.scratch.subarray(0, length), at);
  }

  /** Nothing is made room for that is not there. */
  private check(at: number, length: number): void {
    if (at < 0 || length < 0 || at + length > this.size) throw outOfRange();
  }

  private fill(bytes: Buffer, at: number): Uint8Array {
    for (let filled = 0; filled < bytes.length; ) {
      const read = readSync(this.fd(), bytes, filled, bytes.length - filled, at + filled);
      if (read === 0) throw outOfRange();
      filled += read;
    }
    return bytes;
  }
}

/** Bytes in memory. */
export class HeldBytes implements ByteSource {
  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  read(at: number, length: number): Uint8Array {
    return new Uint8Array(this.peek(at, length));
  }

  peek(at: number, length: number): Uint8Array {
    if (at < 0 || length < 0 || at + length > this.bytes.length) throw outOfRange();
    return this.bytes.subarray(at, at + length);
  }
}

function outOfRange(): RangeError {
  return new RangeError('it has less data than it declares');
}
