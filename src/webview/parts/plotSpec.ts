import type { ChartArea } from 'chart.js';

/** Where a layer draws: the canvas, the area inside the axes, and the place of a value on either axis in pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly area: ChartArea;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Something drawn by hand on a plot. */
export type Layer = (surface: Surface) => void;

/** One line of a plot. A null leaves a hole. */
export interface PlotLine {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly colour: string;
  readonly widthPx: number;
  readonly dash?: readonly number[];
  readonly axis?: 'right';
}

/** One axis. Without `ticks`, whole steps are chosen to fit. */
export interface PlotAxis {
  readonly min: number;
  readonly max: number;
  readonly title: string;
  readonly colour?: string;
  readonly ticks?: readonly number[];
  readonly format: (value: number) => string;
}

/** What a plot shows, back to front: `under`, the lines, `over`. */
export interface PlotSpec {
  readonly x: PlotAxis;
  readonly left: PlotAxis;
  readonly right?: PlotAxis;
  readonly lines: readonly PlotLine[];
  readonly under: readonly Layer[];
  readonly over: readonly Layer[];
  /** Room above the axes for labels. */
  readonly topPx: number;
}
