import { randomBytes } from 'node:crypto';

/** Differs in every process, so that nobody can write it into a log. */
const mark = `measured-${randomBytes(16).toString('hex')}-`;

/** What stands in a row for a long text of which only the length is wanted. */
export function measuredText(codePoints: number): string {
  return mark + String(codePoints);
}

/** The code points of the text that such a text stands for; null when it is a text of its own. */
export function measuredLength(text: string): number | null {
  return text.startsWith(mark) ? Number(text.slice(mark.length)) : null;
}

/** Whether a text was put together from such a one. */
export function holdsMeasured(text: string): boolean {
  return text.includes(mark);
}
