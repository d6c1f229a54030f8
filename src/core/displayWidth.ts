// All of one column: Latin, the usual punctuation, arrows and signs.
const beyondPlain = /[^\u0020-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff]/;
// East Asian wide and full-width forms (UAX #11: W and F) by their blocks, and what is drawn as a picture.
const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
// Marks on the letter before, what only joins or orders, and the vowels and finals of composed Hangul.
const noColumn = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;

/** How many columns of a terminal, or of an editor with a fixed-width font, a text on one line takes. */
export function displayWidth(text: string): number {
  if (!beyondPlain.test(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += charWidth(char);
  return columns;
}

/** The text, or as much of its beginning as fits into `columns` with an ellipsis behind it. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let left = columns - 1;
  let end = 0;
  for (const char of text) {
    left -= charWidth(char);
    if (left < 0) break;
    end += char.length;
  }
  return `${text.slice(0, end)}…`;
}

function charWidth(char: string): 0 | 1 | 2 {
  if (!beyondPlain.test(char)) return 1;
  if (noColumn.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}
