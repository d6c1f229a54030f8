import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { DifficultyScatter } from '../../protocol/dashboard';
import { Plot } from '../parts/plot';
import type { PlotChart } from '../parts/plotChart';
import type { PlotSpec } from '../parts/plotSpec';
import { keyTarget } from '../parts/stepPlot';
import type { Theme } from '../parts/theme';
import { describeDot, dotAt } from './scatterModel';

interface ScatterPlotProps {
  readonly label: string;
  readonly spec: PlotSpec;
  readonly theme: Theme;
  readonly scatter: DifficultyScatter;
  readonly selected: string | null;
  readonly onSelect: (problem: string) => void;
}

/** The dots with their tip; the pointer finds the nearest dot, the arrow keys walk by difficulty. */
export function ScatterPlot({ label, spec, theme, scatter, selected, onSelect }: ScatterPlotProps): JSX.Element {
  const chart = useRef<PlotChart>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const order = useMemo(() => byDifficulty(scatter), [scatter]);
  const dot = scatter.id.indexOf(hovered ?? selected ?? '');
  const find = (event: MouseEvent): string | null => {
    const surface = chart.current?.surface();
    const index = surface ? dotAt(scatter, surface, { x: event.offsetX, y: event.offsetY }) : null;
    return index === null ? null : (scatter.id[index] ?? null);
  };
  const choose = (id: string | null): void => {
    if (id !== null) onSelect(id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = keyTarget(event.key, Math.max(0, order.indexOf(dot)), order.length - 1);
    if (target === null && event.key !== 'Enter') return;
    event.preventDefault();
    if (target === null) choose(hovered);
    else setHovered(scatter.id[order[target] ?? -1] ?? null);
  };
  return (
    <Plot label={label} spec={spec} theme={theme} chart={chart}>
      <div
        class={hovered === null ? 'plotControl' : 'plotControl overDot'}
        {...sliderValues(scatter, order, dot)}
        onPointerMove={(event) => setHovered(find(event))}
        onPointerLeave={() => setHovered(null)}
        onBlur={() => setHovered(null)}
        onClick={(event) => choose(find(event))}
        onKeyDown={onKeyDown}
      />
      {hovered !== null && dot >= 0 && <DotTip chart={chart.current} scatter={scatter} dot={dot} />}
    </Plot>
  );
}

/** To a screen reader the dots are a slider over the problems by difficulty. */
function sliderValues(scatter: DifficultyScatter, order: readonly number[], dot: number): JSX.HTMLAttributes<HTMLDivElement> {
  return {
    role: 'slider',
    tabIndex: 0,
    'aria-label': 'Problems by difficulty',
    'aria-valuemin': 1,
    'aria-valuemax': Math.max(1, order.length),
    'aria-valuenow': order.indexOf(dot) + 1,
    'aria-valuetext': dot < 0 ? 'none' : `${scatter.id[dot] ?? ''}: ${describeDot(scatter, dot)}`,
  };
}

function byDifficulty(scatter: DifficultyScatter): readonly number[] {
  return scatter.id.map((_, index) => index).sort((a, b) => (scatter.difficulty[a] ?? 0) - (scatter.difficulty[b] ?? 0));
}

interface DotTipProps {
  readonly chart: PlotChart | null;
  readonly scatter: DifficultyScatter;
  readonly dot: number;
}

function DotTip({ chart, scatter, dot }: DotTipProps): JSX.Element | null {
  const surface = chart?.surface();
  if (!surface) return null;
  const x = surface.x(scatter.difficulty[dot] ?? 0);
  const y = surface.y(scatter.passRate[dot] ?? 0);
  const { area } = surface;
  const sideways = x > (area.left + area.right) / 2 ? 'calc(-100% - 10px)' : '10px';
  const upright = y > (area.top + area.bottom) / 2 ? 'calc(-100% - 6px)' : '6px';
  return (
    <div class="tip" role="presentation" style={{ transform: `translate(${x}px, ${y}px) translate(${sideways}, ${upright})` }}>
      <bdi class="tipId">{scatter.id[dot]}</bdi>
      <span>{describeDot(scatter, dot)}</span>
    </div>
  );
}
