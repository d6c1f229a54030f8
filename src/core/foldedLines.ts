const maxLineChars = 110;

/** A text in lines of about a table's width: an editor does not wrap them where a table stands. */
export function foldedLines(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= maxLineChars) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
