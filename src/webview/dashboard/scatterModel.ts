import { impliedPassRate } from '../../core/cdas';
import type { DifficultyScatter } from '../../protocol/dashboard';
import { formatCount, formatInterval, formatPercent, formatSigned } from '../parts/format';
import { wilsonInterval } from '../../core/passRateInterval';
import { clipToArea } from '../parts/layers';
import type { Layer, Surface } from '../parts/plotSpec';
import type { Theme } from '../parts/theme';

const curvePoints = 121;
const hitRadiusPx = 14;

/** The curve of the pass rate that a difficulty implies at competence C, sigma(C - D) - D, where it is a rate at all. */
export function impliedCurve(competence: number, reach: number): { readonly x: readonly number[]; readonly y: readonly (number | null)[] } {
  const x = Array.from({ length: curvePoints }, (_, index) => -reach + (2 * reach * index) / (curvePoints - 1));
  const y = x.map((difficulty) => {
    const rate = impliedPassRate(competence, difficulty);
    return rate < 0 || rate > 1 ? null : rate;
  });
  return { x, y };
}

/** Radius in pixels: grows with the visits, so that well-known problems stand out. */
export function dotRadius(visits: number): number {
  return Math.min(6, 1.5 + Math.sqrt(Math.max(1, visits)));
}

/** One dot per problem, faded below two visits; the well-visited ones are drawn last. */
export function dotLayer(scatter: DifficultyScatter, theme: Theme, selected: string | null): Layer {
  const order = scatter.id.map((_, index) => index).sort((a, b) => (scatter.visits[a] ?? 0) - (scatter.visits[b] ?? 0));
  // Many dots lie on top of each other: the more there are, the more each must let through.
  const density = Math.min(1, Math.sqrt(400 / Math.max(1, order.length)));
  return (surface) => {
    clipToArea(surface);
    surface.context.fillStyle = theme.passRate;
    for (const index of order) drawDot(surface, scatter, index, density);
    surface.context.globalAlpha = 1;
    const at = selected === null ? -1 : scatter.id.indexOf(selected);
    if (at >= 0) drawRing(surface, scatter, at, theme);
  };
}

function drawDot(surface: Surface, scatter: DifficultyScatter, index: number, density: number): void {
  const visits = scatter.visits[index] ?? 0;
  surface.context.globalAlpha = visits < 2 ? 0.22 * density + 0.06 : 0.6 * density + 0.1;
  surface.context.beginPath();
  surface.context.arc(surface.x(scatter.difficulty[index] ?? 0), surface.y(scatter.passRate[index] ?? 0), dotRadius(visits), 0, 2 * Math.PI);
  surface.context.fill();
}

function drawRing({ context, x, y }: Surface, scatter: DifficultyScatter, index: number, theme: Theme): void {
  context.strokeStyle = theme.selection;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x(scatter.difficulty[index] ?? 0), y(scatter.passRate[index] ?? 0), dotRadius(scatter.visits[index] ?? 0) + 3, 0, 2 * Math.PI);
  context.stroke();
}

/** The upright line D = C that parts easier problems from harder ones. */
export function competenceLayer(competence: number, theme: Theme): Layer {
  return (surface) => {
    const { context, area } = surface;
    const x = Math.round(surface.x(competence)) + 0.5;
    if (x < area.left || x > area.right) return;
    context.strokeStyle = theme.competence;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(x, area.top);
    context.lineTo(x, area.bottom);
    context.stroke();
    context.font = `${theme.fontSizePx}px ${theme.fontFamily}`;
    context.fillStyle = theme.muted;
    context.textBaseline = 'bottom';
    context.textAlign = 'right';
    context.fillText('← easier', x - 6, area.top - 4);
    context.textAlign = 'left';
    context.fillText('harder →', x + 6, area.top - 4);
    context.textAlign = 'center';
    context.fillStyle = theme.competence;
    context.fillText('C', x, area.top - 4);
  };
}

/** The index of the dot nearest to a pixel, or null when none is near. */
export function dotAt(scatter: DifficultyScatter, surface: Surface, at: { readonly x: number; readonly y: number }): number | null {
  let best: number | null = null;
  let least = hitRadiusPx * hitRadiusPx;
  for (let index = 0; index < scatter.id.length; index++) {
    const dx = surface.x(scatter.difficulty[index] ?? 0) - at.x;
    const dy = surface.y(scatter.passRate[index] ?? 0) - at.y;
    const distance = dx * dx + dy * dy;
    if (distance <= least) {
      best = index;
      least = distance;
    }
  }
  return best;
}

/** The Wilson interval of a dot's pass rate. */
export function dotInterval(scatter: DifficultyScatter, index: number): readonly [number, number] | null {
  const rollouts = scatter.rollouts[index] ?? 0;
  return wilsonInterval(Math.round((scatter.passRate[index] ?? 0) * rollouts), rollouts);
}

/** A dot's figures in one line. */
export function describeDot(scatter: DifficultyScatter, index: number): string {
  const visits = scatter.visits[index] ?? 0;
  return (
    `D ${formatSigned(scatter.difficulty[index] ?? null)}, pass rate ${formatPercent(scatter.passRate[index] ?? null)} ` +
    `(${formatInterval(dotInterval(scatter, index))}), ${formatCount(visits)} ${visits === 1 ? 'visit' : 'visits'}`
  );
}
