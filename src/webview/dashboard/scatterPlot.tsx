import type { HTMLAttributes, JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
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
function sliderValues(scatter: DifficultyScatter, order: readonly number[], dot: number): HTMLAttributes<HTMLDivElement> {
  return {
    role: 'slider',
    tabIndex: 0,
    'aria-label': 'Problems by difficulty',
    'aria-valuemin': 1,
    'aria-valuemax': Math.max(1, order.length),
    'aria-valuenow': Math.max(1, order.indexOf(dot) + 1),
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

function DotTip({ chart, scatter, dot }: DotTipProps): JSX.Element {
  const tip = useRef<HTMLDivElement>(null);
  const ring = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const surface = chart?.surface();
    if (!surface || !tip.current || !ring.current) return;
    const x = surface.x(scatter.difficulty[dot] ?? 0);
    const y = surface.y(scatter.passRate[dot] ?? 0);
    ring.current.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    placeTip(tip.current, x, y);
  });
  return (
    <>
      <div ref={ring} class="dotRing" />
      <div ref={tip} class="tip" role="presentation">
        <bdi class="tipId">{scatter.id[dot]}</bdi>
        <span>{describeDot(scatter, dot)}</span>
      </div>
    </>
  );
}

/** Puts the tip beside the dot, on the side with room, and never outside the plot. */
function placeTip(tip: HTMLElement, x: number, y: number): void {
  const width = tip.parentElement?.clientWidth ?? 0;
  const left = x + 12 + tip.offsetWidth <= width ? x + 12 : Math.max(0, x - 12 - tip.offsetWidth);
  const top = y - 8 - tip.offsetHeight >= 0 ? y - 8 - tip.offsetHeight : y + 8;
  tip.style.transform = `translate(${left}px, ${top}px)`;
}
