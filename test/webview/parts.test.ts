import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readLayout } from '../../src/webview/dashboard/layoutState';
import { dotRadius, impliedCurve } from '../../src/webview/dashboard/scatterModel';
import { columnSpans, linePoints, nearestStep } from '../../src/webview/parts/columns';
import { formatAge, formatCount, formatFixed, formatInterval, formatPercent, formatSigned, formatStep } from '../../src/webview/parts/format';
import { scaleColour } from '../../src/webview/parts/theme';
import { lastKnown, smoothingWindow, trailingMean, trendOf } from '../../src/webview/parts/trend';

const ascendingSteps = fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 60 }).map((steps) => steps.sort((a, b) => a - b));

describe('figures in words', () => {
  it('writes a true minus but none before a rounded zero', () => {
    assert.deepEqual([formatFixed(-0.126), formatFixed(-0.001), formatFixed(0.5)], ['\u22120.13', '0.00', '0.50']);
    assert.deepEqual([formatSigned(-0.126), formatSigned(-0.001), formatSigned(0.5), formatSigned(null)], ['\u22120.13', '0.00', '+0.50', '–']);
  });

  it('writes a dash for what is not known', () => {
    assert.deepEqual([formatFixed(null), formatPercent(Number.NaN), formatCount(null), formatStep(null), formatInterval(null)], ['–', '–', '–', '–', '–']);
  });

  it('groups the digits of counts but not of steps', () => {
    assert.deepEqual([formatCount(1234567), formatCount(1234.96), formatStep(12345)], ['1\u202f234\u202f567', '1\u202f235', '12345']);
  });

  it('tells an age in its largest whole unit', () => {
    const ages = [0, 12_000, 61_000, 3 * 3_600_000, 50 * 3_600_000].map((age) => formatAge(0, age));
    assert.deepEqual(ages, ['just now', '12 s ago', '1 min ago', '3 h ago', '2 d ago']);
  });
});

describe('trend', () => {
  it('compares the newest quarter with the one before it', () => {
    assert.equal(trendOf([0, 0, 0, 0, 0, 0, 1, 1], 0.1), 'rising');
    assert.equal(trendOf([9, 9, 9, 9, 1, 1, 0.5, 0.5], 0.1), 'falling');
    assert.equal(trendOf([0, 5, 5, 5, 0.3, 0.3, 0.3, 0.3], 0.1), 'steady');
  });

  it('says that too few values show none', () => {
    assert.equal(trendOf([0.1, null, 0.2, 0.3], 0.01), 'unknown');
  });

  it('finds the newest known value', () => {
    assert.deepEqual([lastKnown([1, 2, null]), lastKnown([null])], [2, null]);
  });

  it('takes the mean of known values only and keeps the holes', () => {
    assert.deepEqual(trailingMean([1, null, 3, 5], 3), [1, null, 2, 4]);
  });

  it('leaves short lines as they are', () => {
    assert.equal(smoothingWindow(59), 1);
    assert.deepEqual(trailingMean([1, 4, 2], 1), [1, 4, 2]);
  });
});

describe('step columns', () => {
  it('touch each other among decimated steps', () => {
    fc.assert(
      fc.property(ascendingSteps, (steps) => {
        const spans = columnSpans(steps, true);
        spans.slice(1).forEach((span, index) => {
          assert.equal(span.from, spans[index]!.to);
        });
      }),
    );
  });

  it('hold their own step and never overlap', () => {
    fc.assert(
      fc.property(ascendingSteps, fc.boolean(), (steps, decimated) => {
        columnSpans(steps, decimated).forEach((span, index, all) => {
          assert.ok(span.from < steps[index]! && steps[index]! < span.to);
          assert.ok(index === 0 || all[index - 1]!.to <= span.from);
        });
      }),
    );
  });

  it('do not reach across steps that the log lacks', () => {
    const spans = columnSpans([1, 2, 3, 10, 11], false);
    assert.deepEqual([spans[2]!.to, spans[3]!.from], [3.75, 9.25]);
  });

  it('break a line where the log lacks steps', () => {
    assert.deepEqual(linePoints([1, 2, 3, 10], [1, 2, 3, 4], false), { x: [1, 2, 3, 6.5, 10], y: [1, 2, 3, null, 4] });
  });

  it('keep a decimated line whole', () => {
    assert.deepEqual(linePoints([1, 2, 3, 10], [1, 2, 3, 4], true), { x: [1, 2, 3, 10], y: [1, 2, 3, 4] });
  });

  it('find the nearest step', () => {
    fc.assert(
      fc.property(ascendingSteps, fc.double({ min: -100, max: 6000, noNaN: true }), (steps, at) => {
        const distance = Math.abs(steps[nearestStep(steps, at)!]! - at);
        assert.ok(steps.every((step) => Math.abs(step - at) >= distance));
      }),
    );
  });

  it('find none where there is none', () => {
    assert.equal(nearestStep([], 3), null);
  });
});

describe('scatter', () => {
  it('draws sigma(C - D) - D, which is 0.5 - C at D = C', () => {
    const competence = 0.12;
    const { x, y } = impliedCurve(competence, 0.6);
    const at = x.findIndex((difficulty) => Math.abs(difficulty - competence) < 1e-9);
    assert.ok(Math.abs(y[at]! - (0.5 - competence)) < 1e-12);
  });

  it('leaves the curve out where it is no rate', () => {
    const { y } = impliedCurve(0, 1);
    assert.equal(y[0], null);
    assert.ok(y.every((rate) => rate === null || (rate >= 0 && rate <= 1)));
  });

  it('draws problems with more visits larger', () => {
    assert.ok(dotRadius(1) < dotRadius(4) && dotRadius(4) < dotRadius(12));
  });
});

describe('colour scale', () => {
  it('runs through its stops', () => {
    const stops = ['#000000', '#ff0000', '#ffffff'];
    assert.deepEqual([0, 0.25, 0.5, 1].map((position) => scaleColour(stops, position)), ['rgb(0, 0, 0)', 'rgb(128, 0, 0)', 'rgb(255, 0, 0)', 'rgb(255, 255, 255)']);
  });
});

describe('kept layout', () => {
  it('comes back as it was kept', () => {
    const place = { problem: 'h:1', step: 7, search: 'train', pageTop: 400, listTop: 90 };
    const layout = { run: 'r', place, reach: 1, tables: ['heatmap'], order: { sort: 'visits', descending: false, membership: 'pin' }, metrics: ['actor/entropy'] };
    assert.deepEqual(readLayout(JSON.parse(JSON.stringify(layout))), layout);
  });

  it('is whole whatever was kept', () => {
    fc.assert(
      fc.property(fc.anything(), (kept) => {
        const layout = readLayout(kept);
        assert.ok([0.6, 1].includes(layout.reach));
        assert.ok(layout.tables.every((id) => typeof id === 'string'));
        assert.equal(typeof layout.order.descending, 'boolean');
        assert.ok(layout.place.pageTop >= 0 && layout.place.listTop >= 0);
      }),
    );
  });

  it('takes initial values for what is damaged and keeps the rest', () => {
    const layout = readLayout({ place: { problem: 5, step: 3, pageTop: -1 }, reach: 7, tables: ['scatter', 3], order: { sort: 'nonsense', descending: false } });
    const place = { problem: null, step: 3, search: '', pageTop: 0, listTop: 0 };
    assert.deepEqual(layout, { run: null, place, reach: 0.6, tables: ['scatter'], order: { sort: 'difficulty', descending: false, membership: 'all' }, metrics: null });
  });
});
