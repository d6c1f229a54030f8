import type { DecisionMark, DifficultyHeatmap } from '../../protocol/dashboard';
import type { ColumnSpan } from './columns';
import type { Layer, Surface } from './plotSpec';
import type { Theme } from './theme';
import { scaleColour } from './theme';

const maxLabelChars = 22;
const crowdedMarks = 12;

/** Vertical lines at the steps where decisions took effect, with as many labels above the axes as fit. */
export function markLayer(marks: readonly DecisionMark[], theme: Theme): Layer {
  return (surface) => {
    const { context, area } = surface;
    context.strokeStyle = theme.mark;
    context.fillStyle = theme.mark;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.font = `${theme.fontSizePx}px ${theme.fontFamily}`;
    context.textBaseline = 'bottom';
    // Many marks must not hide the lines behind them.
    const faint = marks.length > crowdedMarks ? 0.4 : 1;
    let free = area.left;
    for (const mark of marks) {
      const x = Math.round(surface.x(mark.step)) + 0.5;
      if (x < area.left || x > area.right) continue;
      context.globalAlpha = faint;
      context.beginPath();
      context.moveTo(x, area.top - 3);
      context.lineTo(x, area.bottom);
      context.stroke();
      context.globalAlpha = 1;
      free = drawLabel(surface, cut(mark.label), x, free);
    }
  };
}

/** Draws `label` near `x` unless it would run into the one before; returns where the next may start. */
function drawLabel({ context, area }: Surface, label: string, x: number, free: number): number {
  const width = context.measureText(label).width;
  const left = Math.min(Math.max(x - 2, area.left), area.right - width);
  if (left < free) return free;
  context.fillText(label, left, area.top - 4);
  return left + width + 8;
}

function cut(label: string): string {
  const characters = Array.from(label);
  return characters.length <= maxLabelChars ? label : `${characters.slice(0, maxLabelChars - 1).join('')}…`;
}

/** One cell per step and difficulty band, coloured by the square root of its share of the fullest cell; empty cells stay bare. */
export function heatLayer(heatmap: DifficultyHeatmap, spans: readonly ColumnSpan[], theme: Theme): Layer {
  const bins = heatmap.edges.length - 1;
  const fullest = maxCount(heatmap.counts);
  return (surface) => {
    clipToArea(surface);
    const rows = heatmap.edges.map((edge) => Math.round(surface.y(edge)));
    spans.forEach((span, column) => {
      const left = Math.round(surface.x(span.from));
      const width = Math.max(1, Math.round(surface.x(span.to)) - left);
      for (let bin = 0; bin < bins; bin++) {
        const count = heatmap.counts[column * bins + bin] ?? 0;
        const top = rows[bin + 1] ?? 0;
        if (count <= 0) continue;
        surface.context.fillStyle = scaleColour(theme.heat, Math.sqrt(count / fullest));
        surface.context.fillRect(left, top, width, (rows[bin] ?? top) - top);
      }
    });
  };
}

/** The largest count; 0 for none. Safe for long lists, where spreading into Math.max is not. */
export function maxCount(counts: readonly number[]): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

/** Shares stacked from the bottom, one column per step; a column with a null share is left out. */
export function stackLayer(stacks: readonly (readonly (number | null)[])[], colours: readonly string[], spans: readonly ColumnSpan[]): Layer {
  return (surface) => {
    clipToArea(surface);
    spans.forEach((span, index) => {
      const shares = stacks.map((stack) => stack[index] ?? null);
      if (shares.includes(null)) return;
      const left = Math.round(surface.x(span.from));
      const width = Math.max(1, Math.round(surface.x(span.to)) - left);
      let below = 0;
      shares.forEach((share, kind) => {
        const bottom = surface.y(below);
        below += share ?? 0;
        surface.context.fillStyle = colours[kind] ?? 'transparent';
        surface.context.fillRect(left, surface.y(below), width, bottom - surface.y(below));
      });
    });
  };
}

/** Keeps a layer inside the axes. */
export function clipToArea({ context, area }: Surface): void {
  context.beginPath();
  context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
  context.clip();
}
