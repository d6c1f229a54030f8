/** A point of a curve; without `low` and `high` it has no band. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** A curve in one of three looks, each with its entry in the legend. */
export interface Curve {
  readonly look: 'main' | 'reference' | 'dashed';
  readonly points: readonly CurvePoint[];
}

/** A figure of small panels with the same axes. */
export interface Figure {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly legend: Readonly<Partial<Record<Curve['look'], string>>>;
  readonly panels: readonly { readonly title: string; readonly curves: readonly Curve[] }[];
}

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly ticks: readonly number[];
}

const columns = 3;
const panel = { width: 250, height: 150, left: 46, top: 30, right: 12, bottom: 26 };
const margin = { top: 56, bottom: 26, left: 20 };

const style = `
  text { font: 11px system-ui, sans-serif; fill: #1f2328; } .title { font-size: 14px; font-weight: 600; } .panel { font-weight: 600; }
  .paper { fill: #ffffff; } .axis { stroke: #8c959f; fill: none; } .grid { stroke: #8c959f; stroke-opacity: 0.25; }
  .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .band { fill-opacity: 0.22; }
  .line.main { stroke: #0969da; } .band.main { fill: #0969da; } .line.reference { stroke: #6e7781; } .band.reference { fill: #6e7781; } .line.dashed { stroke: #bc4c00; stroke-dasharray: 5 3; } .band.dashed { fill: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .paper { fill: #0d1117; }
    .line.main { stroke: #58a6ff; } .band.main { fill: #58a6ff; } .line.reference { stroke: #9198a1; } .band.reference { fill: #9198a1; } .line.dashed { stroke: #f0883e; } .band.dashed { fill: #f0883e; }
  }`;

/** A figure as an SVG document that reads well on light and on dark paper. */
export function figureSvg(figure: Figure): string {
  const points = figure.panels.flatMap(({ curves }) => curves.flatMap((curve) => curve.points));
  const x = scaleOf(points.map((point) => point.x));
  const y = roundedUp(scaleOf(points.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y])));
  const rows = Math.ceil(figure.panels.length / columns);
  const [width, height] = [margin.left + columns * panel.width, margin.top + rows * panel.height + margin.bottom];
  const panels = figure.panels.map(({ title, curves }, at) => {
    const left = margin.left + (at % columns) * panel.width;
    const top = margin.top + Math.floor(at / columns) * panel.height;
    return `<g transform="translate(${left} ${top})">\n${panelMarks(title, curves, { x, y }).join('\n')}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(figure.title)}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="title" x="${margin.left}" y="20">${escapeXml(figure.title)}</text>`,
    ...legend(figure.legend),
    ...panels,
    `<text x="${width / 2}" y="${height - 8}" text-anchor="middle">${escapeXml(figure.xLabel)}</text>`,
    `<text transform="translate(14 ${margin.top + (rows * panel.height) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(figure.yLabel)}</text>`,
    '</svg>\n',
  ].join('\n');
}

function legend(entries: Figure['legend']): string[] {
  let left = margin.left;
  return Object.entries(entries).flatMap(([look, text]) => {
    const at = Math.round(left);
    left += 50 + 6.5 * text.length;
    return [`<path class="line ${look}" d="M${at} 38h22"/>`, `<text x="${at + 28}" y="42">${escapeXml(text)}</text>`];
  });
}

function panelMarks(title: string, curves: readonly Curve[], { x, y }: { readonly x: Scale; readonly y: Scale }): string[] {
  const [left, right] = [panel.left, panel.width - panel.right];
  const [top, bottom] = [panel.top, panel.height - panel.bottom];
  const px = (value: number): number => round(left + ((value - x.from) / (x.to - x.from)) * (right - left));
  const py = (value: number): number => round(bottom - ((value - y.from) / (y.to - y.from)) * (bottom - top));
  return [
    `<text class="panel" x="${left}" y="${top - 10}">${escapeXml(title)}</text>`,
    ...y.ticks.flatMap((tick) => [
      `<path class="grid" d="M${left} ${py(tick)}H${right}"/>`,
      `<text x="${left - 5}" y="${py(tick) + 4}" text-anchor="end">${label(tick)}</text>`,
    ]),
    ...x.ticks.map((tick) => `<text x="${px(tick)}" y="${bottom + 15}" text-anchor="middle">${label(tick)}</text>`),
    `<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>`,
    ...curves.flatMap((curve) => curveMarks(curve, px, py)),
  ];
}

function curveMarks({ look, points }: Curve, px: (value: number) => number, py: (value: number) => number): string[] {
  const path = (pairs: readonly (readonly [number, number])[]): string => pairs.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${px(x)} ${py(y)}`).join('');
  const banded = points.flatMap(({ x, low, high }) => (low === undefined || high === undefined ? [] : [{ x, low, high }]));
  const outline = [...banded.map(({ x, high }) => [x, high] as const), ...banded.reverse().map(({ x, low }) => [x, low] as const)];
  const band = outline.length === 0 ? [] : [`<path class="band ${look}" d="${path(outline)}Z"/>`];
  return [...band, `<path class="line ${look}" d="${path(points.map(({ x, y }) => [x, y] as const))}"/>`];
}

/** Round ticks, three to six of them, and the range of the values, which starts at a tick. */
function scaleOf(values: readonly number[]): Scale {
  const finite = values.filter((value) => Number.isFinite(value));
  const [low, high] = [Math.min(0, ...finite), Math.max(...finite, 1e-9)];
  const from = low < 0 || Math.min(...finite) < 0.3 * high ? low : Math.min(...finite);
  const rough = (high - from) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(from / step);
  const last = Math.floor(high / step + 1e-9);
  return { from: first * step, to: high, step, ticks: Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step) };
}

/** The same up to the next tick. */
function roundedUp({ from, to, step, ticks }: Scale): Scale {
  const last = ticks.at(-1) ?? from;
  return last >= to - 1e-9 * step ? { from, to, step, ticks } : { from, to: last + step, step, ticks: [...ticks, last + step] };
}

function label(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
