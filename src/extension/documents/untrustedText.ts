/** Shown in place of what is cut off. */
const ellipsis = '…';

// Controls, line and paragraph separators, zero-width and bidirectional marks: they can hide or reorder what is shown.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/gu;

/** `text` on one line, without characters that hide or reorder others, at most `maxChars` UTF-16 units long. */
export function oneLine(text: string, maxChars: number): string {
  // Cut first: a prompt may be megabytes long.
  const line = text.slice(0, maxChars * 4).replace(unsafe, ' ').replace(/ {2,}/g, ' ').trim();
  const whole = line.length <= maxChars && text.length <= maxChars * 4;
  if (whole) return line;
  return line.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/u, '') + ellipsis;
}

/**
 * Markdown that shows `text` as it is and nothing else: a code span, whose fence is longer than any run of backticks in
 * it, so that no link, image, HTML or other Markdown can come out of it.
 */
export function codeSpan(text: string, maxChars = 200): string {
  const line = oneLine(text, maxChars);
  if (line === '') return '` `';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}

/** Text for pick lists and the status bar, which turn `$(name)` into icons; what is no such name, as in `$(x+1)$`, they show as it is. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, '\\$&');
}

/** A JSON value as a person reads it: a string without quotes, anything else as JSON. */
export function jsonText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
