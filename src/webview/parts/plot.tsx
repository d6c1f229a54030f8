import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { PlotChart } from './plotChart';
import type { PlotSpec } from './plotSpec';
import type { Theme } from './theme';

/** What a plot needs from its panel. */
export interface PlotProps {
  /** The sentence a screen reader says for the picture. */
  readonly label: string;
  readonly spec: PlotSpec;
  readonly theme: Theme;
  /** Filled with the chart while it is on the page. */
  readonly chart: RefObject<PlotChart | null>;
  readonly onDraw?: () => void;
  /** What lies over the canvas and takes the pointer and the keys. */
  readonly children?: ComponentChildren;
}

/** A canvas that keeps showing the newest spec. */
export function Plot({ label, spec, theme, chart, onDraw, children }: PlotProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef(onDraw);
  drawn.current = onDraw;
  useEffect(() => {
    if (!canvas.current) return undefined;
    const made = new PlotChart(canvas.current, spec, theme, () => drawn.current?.());
    chart.current = made;
    return () => {
      chart.current = null;
      made.destroy();
    };
    // The chart lives as long as its canvas; the effect below shows what changes.
  }, []);
  useEffect(() => {
    chart.current?.show(spec, theme);
  }, [spec, theme]);
  return (
    <div class="plot">
      <canvas ref={canvas} role="img" aria-label={label} />
      {children}
    </div>
  );
}
