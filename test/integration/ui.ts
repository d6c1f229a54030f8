/** Chooses a webview by what it shows; every part given must match. */
export interface FrameQuery {
  readonly title?: string;
  readonly selector?: string;
  readonly text?: string;
  readonly url?: string;
}

/** What the methods of the driver take; without `frame` the workbench itself is meant. */
export interface UiQuery {
  readonly frame?: FrameQuery;
  readonly selector?: string;
  readonly expression?: string;
  readonly text?: string;
  readonly keys?: string;
  readonly name?: string;
  readonly path?: string;
  readonly button?: 'left' | 'right';
  readonly state?: 'visible' | 'hidden' | 'attached' | 'detached';
  readonly timeoutMs?: number;
}

/** A Content Security Policy violation that the page reported. */
export interface CspViolation {
  readonly text: string;
  readonly url: string;
  readonly inWebview: boolean;
}

/** What the driver can do with the page around the suite. */
export type UiMethod =
  | 'attributes'
  | 'click'
  | 'count'
  | 'cspViolations'
  | 'evaluate'
  | 'fill'
  | 'frames'
  | 'hover'
  | 'press'
  | 'screenshot'
  | 'text'
  | 'texts'
  | 'type'
  | 'waitFor';

const address = process.env['CDAS_LENS_UI'];

/** Whether the window can be read and worked from the suite; a desktop VS Code offers no such way. */
export const uiIsDriven = address !== undefined;

/** Asks the driver; rejects with its message. The caller names the type that the method is known to answer with. */
export async function ui<T = null>(method: UiMethod, query: UiQuery = {}): Promise<T> {
  if (address === undefined) throw new Error('This VS Code window cannot be driven from the suite.');
  const response = await fetch(`${address}/${method}`, { method: 'POST', body: JSON.stringify(query) });
  // The driver is this project's own and always answers with one of the two.
  const answer = (await response.json()) as { readonly value: T } | { readonly error: string };
  if ('error' in answer) throw new Error(answer.error);
  return answer.value;
}

/** Defines a test that needs the window to be driven, skipped with a note in a desktop VS Code. */
export function itInDrivenWindow(title: string, test: () => Promise<void>): void {
  if (uiIsDriven) it(title, test);
  else it.skip(`${title} (needs the packaged VS Code host: its window can be read)`, test);
}
