import type { LogFileName } from '../../logs/logFormat';
import type { IndexedFile, RunIndex } from '../../logs/runIndex';

/** So far ahead a file is looked for, where those before it are gone. */
const lookAhead = 64;

/** The files that an index holds, as they are asked for by name: what was read of them, or the number of one at rest. */
export class IndexedFiles {
  private readonly byName: Map<string, IndexedFile>;
  private readonly names: readonly string[];
  private readonly steps: readonly (number | null)[];
  /** 1 for those at rest that were taken. */
  private readonly taken: Uint8Array;
  private takenCount = 0;
  private next = 0;
  private numbers: ReadonlyMap<string, number> | null = null;

  constructor({ files, resting }: RunIndex) {
    this.byName = new Map(files.map((file) => [file.name, file]));
    [this.names, this.steps] = [resting.names, resting.fileSteps];
    this.taken = new Uint8Array(resting.names.length);
  }

  /** Hands out what the index holds of a file, if its name tells the same step as then; once. */
  take({ name, step }: LogFileName): IndexedFile | number | undefined {
    const file = this.byName.get(name);
    if (file !== undefined) {
      this.byName.delete(name);
      return file.step === step ? file : undefined;
    }
    const number = this.numberOf(name);
    if (number === undefined || this.taken[number] === 1 || this.steps[number] !== step) return undefined;
    this.taken[number] = 1;
    this.takenCount++;
    return number;
  }

  /** The numbers of files at rest that nobody took. */
  get left(): number[] {
    if (this.takenCount === this.names.length) return [];
    return this.names.flatMap((_, number) => (this.taken[number] === 1 ? [] : [number]));
  }

  /** Mostly files are asked for in the order in which they were kept. */
  private numberOf(name: string): number | undefined {
    if (this.takenCount === this.names.length) return undefined;
    for (let number = this.next; number < this.next + lookAhead; number++) {
      if (this.names[number] !== name) continue;
      this.next = number + 1;
      return number;
    }
    this.numbers ??= new Map(this.names.map((each, number) => [each, number]));
    return this.numbers.get(name);
  }
}
