// Control characters could move the cursor or recolour the terminal, and bidi marks reorder what is read.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const names: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Text on one line that is safe to write to a terminal: what cannot be seen is written as an escape. */
export function printable(text: string): string {
  return text.replace(unprintable, (char) => names.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
