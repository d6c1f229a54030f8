/** The colours and the font that a canvas draws with, as the page's style sheets define them now. */
export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly fontFamily: string;
  readonly fontSizePx: number;
  readonly competence: string;
  readonly passRate: string;
  /** For single steps behind their mean. */
  readonly passRateFaint: string;
  readonly targetPassRate: string;
  readonly allPass: string;
  readonly mixed: string;
  readonly allFail: string;
  readonly mark: string;
  readonly selection: string;
  /** Few to many. */
  readonly heat: readonly string[];
}

/** Reads the theme from the page's custom properties. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const fontSizePx = Number.parseFloat(read('--cdas-chart-font-size'));
  return {
    background: read('--cdas-background'),
    foreground: read('--cdas-foreground'),
    muted: read('--cdas-muted'),
    grid: read('--cdas-grid'),
    fontFamily: style.fontFamily,
    fontSizePx: Number.isFinite(fontSizePx) ? fontSizePx : 11,
    competence: read('--cdas-competence'),
    passRate: read('--cdas-pass-rate'),
    passRateFaint: read('--cdas-pass-rate-faint'),
    targetPassRate: read('--cdas-target'),
    allPass: read('--cdas-all-pass'),
    mixed: read('--cdas-mixed'),
    allFail: read('--cdas-all-fail'),
    mark: read('--cdas-mark'),
    selection: read('--cdas-selection'),
    heat: [0, 1, 2, 3].map((stop) => read(`--cdas-heat-${stop}`)),
  };
}

/** Calls `listener` after VS Code has put another theme on the page; returns how to stop. */
export function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  // The class tells light from dark; between two dark themes only the theme's id and the root's variables change.
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => {
    observer.disconnect();
  };
}

/** The colour at `position` (0..1) on a scale of `#rrggbb` stops. */
export function scaleColour(stops: readonly string[], position: number): string {
  const at = Math.min(1, Math.max(0, position)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  const from = channels(stops[index] ?? '');
  const to = channels(stops[index + 1] ?? '');
  const part = at - index;
  const mixed = from.map((value, channel) => Math.round(value + ((to[channel] ?? value) - value) * part));
  return `rgb(${mixed.join(', ')})`;
}

function channels(colour: string): readonly number[] {
  const value = Number.parseInt(colour.replace('#', ''), 16);
  return Number.isNaN(value) ? [128, 128, 128] : [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
