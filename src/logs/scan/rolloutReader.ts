import { booleanOf, stepOf } from '../../core/writtenValue';
import { rewardOf } from '../formats/fieldValues';
import type { RolloutRow } from '../logFormat';
import { numberFields, type FastFields, type FieldNumbers } from './fastFields';
import { fieldKind } from './lineScanner';
import type { ScannedLine } from './scannedLine';

/** What a row says of its rollout, except for who its problem is. */
export type ReadRollout = Omit<RolloutRow, 'prompt' | 'promptIsUserText' | 'explicitId' | 'groundTruth' | 'note'>;

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Reads rollouts from scanned lines as a format's `readRow` reads them from parsed ones. */
export class RolloutReader {
  readonly numbers: FieldNumbers;
  /** The last rollout read; the same object every time, since there are millions. */
  readonly rollout: Writable<ReadRollout> = {
    step: null,
    reward: null,
    explicitCorrect: null,
    explicitField: null,
    lengthChars: null,
    rolloutKey: null,
    split: 'train',
    scored: true,
  };

  constructor(private readonly fields: FastFields) {
    this.numbers = numberFields(fields);
  }

  /** Whether a field of a proven line that is held, or made into a value, has more than so many bytes. */
  holdsMore(line: ScannedLine, most: number): boolean {
    if (line.end - line.start <= most) return false;
    return this.numbers.wanted.fields.some((_, field) => field !== this.numbers.response && line.kind(field) !== fieldKind.absent && line.byteLength(field) > most);
  }

  /** Reads a proven line into `rollout`; false when the line is out of the ordinary and has to be parsed. */
  read(line: ScannedLine): boolean {
    const { numbers, rollout } = this;
    const key = this.isOrdinary(line) ? this.keyOf(line) : undefined;
    if (key === undefined) return false;
    rollout.rolloutKey = key;
    rollout.step = stepOf(line.kind(numbers.step) === fieldKind.number ? line.number(numbers.step) : line.value(numbers.step));
    rollout.reward = rewardOf(line.kind(numbers.reward) === fieldKind.number ? line.number(numbers.reward) : line.value(numbers.reward));
    this.readCorrect(line);
    rollout.lengthChars = line.kind(numbers.response) === fieldKind.string ? line.codePoints(numbers.response) : null;
    if (this.fields.states !== null) this.readStates(line);
    return true;
  }

  private isOrdinary(line: ScannedLine): boolean {
    const { numbers, fields } = this;
    const prompt = line.kind(numbers.prompt);
    if (prompt !== fieldKind.string && !(prompt === fieldKind.list && fields.prompt.messages)) return false;
    if (line.kind(numbers.reward) === fieldKind.absent && line.kind(numbers.response) === fieldKind.absent) return false;
    return fields.marker === null || line.value(numbers.marker) === fields.marker.text;
  }

  private readCorrect(line: ScannedLine): void {
    const { numbers, rollout } = this;
    rollout.explicitCorrect = null;
    rollout.explicitField = null;
    for (let i = 0; i < numbers.correct.length; i++) {
      const field = numbers.correct[i] ?? 0;
      if (line.kind(field) === fieldKind.absent) continue;
      const correct = booleanOf(line.value(field));
      if (correct === null) continue;
      rollout.explicitCorrect = correct;
      rollout.explicitField = this.fields.correct[i] ?? null;
      return;
    }
  }

  private keyOf(line: ScannedLine): string | null | undefined {
    const [first, second] = this.numbers.rolloutKey;
    if (first === undefined || line.kind(first) === fieldKind.absent) return null;
    return this.fields.rolloutKey.of(line.value(first), second === undefined ? undefined : line.value(second));
  }

  private readStates(line: ScannedLine): void {
    const { numbers, rollout } = this;
    rollout.split = line.value(numbers.split) === 'val' ? 'val' : 'train';
    const status = line.value(numbers.status);
    rollout.scored = (rollout.reward !== null || rollout.explicitCorrect !== null) && (status === undefined || status === 'ok');
  }
}
