import assert from 'node:assert/strict';
import { figureSvg, type Curve, type Figure } from '../../bench/samplingSvg';

function figure(curves: readonly Curve[], title = 'Shares'): Figure {
  return { title, xLabel: 'step', yLabel: '%', legend: { main: 'one & all' }, panels: [{ title: 'a < b', curves }] };
}

const banded: Curve = { look: 'main', points: [{ x: 0, y: 10, low: 5, high: 15 }, { x: 100, y: 42, low: 40, high: 44 }] };

/** Throws where elements do not nest, or a bare `<` or `&` stands in text. */
function assertWellFormed(svg: string): void {
  const open: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/gy;
  while (tag.lastIndex < svg.length) {
    const from = tag.lastIndex;
    const match = tag.exec(svg);
    if (match === null) {
      const next = svg.indexOf('<', from + 1);
      const text = svg.slice(from, next < 0 ? undefined : next);
      assert.doesNotMatch(text, /<|&(?!#\d+;)/);
      tag.lastIndex = next < 0 ? svg.length : next;
    } else if (match[1] === '/') assert.equal(open.pop(), match[2]);
    else if (match[4] !== '/') open.push(match[2] ?? '');
  }
  assert.deepEqual(open, []);
}

describe('an SVG figure', () => {
  it('is well formed, whatever its labels say', () => {
    assertWellFormed(figureSvg(figure([banded], 'Shares of "A" & <B>')));
    assert.throws(() => assertWellFormed('<svg><g></svg>'));
  });

  it('names its axes, its panels and its lines', () => {
    const svg = figureSvg(figure([banded]));
    for (const text of ['>step<', '>%<', '>Shares<', '>one &#38; all<', '>a &#60; b<']) assert.ok(svg.includes(text), text);
  });

  it('has round ticks around the values', () => {
    const labels = [...figureSvg(figure([banded])).matchAll(/text-anchor="(?:end|middle)">(\d+)</g)].map(([, label]) => label);
    assert.deepEqual(labels, ['0', '20', '40', '60', '0', '50', '100']);
  });

  it('draws a band only where the curve has one', () => {
    assert.match(figureSvg(figure([banded])), /<path class="band main"/);
    assert.doesNotMatch(figureSvg(figure([{ look: 'dashed', points: [{ x: 0, y: 1 }, { x: 1, y: 2 }] }])), /<path class="band/);
  });

  it('keeps every point inside its panel', () => {
    const points = [...figureSvg(figure([banded])).matchAll(/class="line main" d="(M[^"]*L[^"]*)"/g)].flatMap(([, path]) => [...(path ?? '').matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const));
    assert.equal(points.length, 2);
    for (const [x, y] of points) assert.ok(x >= 46 && x <= 238 && y >= 30 && y <= 124, `${x} ${y}`);
  });

  it('has colours for dark paper', () => {
    assert.match(figureSvg(figure([banded])), /prefers-color-scheme: dark/);
  });
});
