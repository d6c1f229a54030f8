import type { ChartDataset, ChartOptions, ScaleOptionsByType } from 'chart.js';
import { Chart, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import type { PlotAxis, PlotLine, PlotSpec, Surface } from './plotSpec';
import type { Theme } from './theme';

Chart.register(LineController, LineElement, LinearScale, PointElement);

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A chart.js chart that shows one plot spec after another on the same canvas. */
export class PlotChart {
  private readonly chart: Chart<'line', Point[]>;
  private spec: PlotSpec;

  /** `onDraw` is called after each drawing, so that what lies over the canvas can follow its axes. */
  constructor(canvas: HTMLCanvasElement, spec: PlotSpec, theme: Theme, onDraw: () => void) {
    this.spec = spec;
    this.chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: datasetsOf(spec) },
      options: optionsOf(spec, theme),
      plugins: [
        {
          id: 'layers',
          beforeDatasetsDraw: (chart) => this.drawLayers(chart, 'under'),
          afterDatasetsDraw: (chart) => this.drawLayers(chart, 'over'),
          afterDraw: onDraw,
        },
      ],
    });
  }

  /** Draws `spec` in the colours of `theme`. */
  show(spec: PlotSpec, theme: Theme): void {
    this.spec = spec;
    this.chart.data = { datasets: datasetsOf(spec) };
    this.chart.options = optionsOf(spec, theme);
    this.chart.update('none');
  }

  /** The places of values now, or null before the first layout. */
  surface(): Surface | null {
    return surfaceOf(this.chart);
  }

  /** The value on the x axis at a pixel of the canvas. */
  xValue(pixel: number): number {
    return this.chart.scales['x']?.getValueForPixel(pixel) ?? Number.NaN;
  }

  destroy(): void {
    this.chart.destroy();
  }

  private drawLayers(chart: Chart, which: 'under' | 'over'): void {
    const surface = surfaceOf(chart);
    if (!surface) return;
    for (const layer of this.spec[which]) {
      surface.context.save();
      layer(surface);
      surface.context.restore();
    }
  }
}

function surfaceOf(chart: Chart<'line', Point[]> | Chart): Surface | null {
  const { x, left } = chart.scales;
  // Before the first layout chart.js has no area, whatever its type says.
  const area = chart.chartArea as Surface['area'] | undefined;
  if (!x || !left || !area) return null;
  return {
    context: chart.ctx,
    area,
    x: (value) => x.getPixelForValue(value),
    y: (value) => left.getPixelForValue(value),
  };
}

function datasetsOf(spec: PlotSpec): ChartDataset<'line', Point[]>[] {
  // chart.js draws the first dataset last; a spec lists its lines back to front.
  return spec.lines.toReversed().map((line) => ({
    data: line.x.map((x, index) => ({ x, y: line.y[index] ?? Number.NaN })),
    yAxisID: line.axis ?? 'left',
    borderColor: line.colour,
    backgroundColor: line.colour,
    borderWidth: line.widthPx,
    borderDash: [...(line.dash ?? [])],
    borderJoinStyle: 'round',
    pointRadius: pointRadii(line),
    pointHitRadius: 0,
    pointBorderWidth: 0,
    spanGaps: false,
  }));
}

/** A point without neighbours would be invisible as a line: it alone gets a dot. */
function pointRadii(line: PlotLine): number | number[] {
  const alone = line.y.map((value, index) => isHole(value) ? false : isHole(line.y[index - 1]) && isHole(line.y[index + 1]));
  return alone.includes(true) ? alone.map((is) => (is ? line.widthPx + 1 : 0)) : 0;
}

function isHole(value: number | null | undefined): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

function optionsOf(spec: PlotSpec, theme: Theme): ChartOptions<'line'> {
  const scales: NonNullable<ChartOptions<'line'>['scales']> = {
    x: axisOptions(spec.x, theme, 'bottom'),
    left: axisOptions(spec.left, theme, 'left'),
  };
  if (spec.right) scales['right'] = axisOptions(spec.right, theme, 'right');
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    events: [],
    layout: { padding: { top: spec.topPx, right: spec.right ? 0 : 8, left: 0, bottom: 0 } },
    scales,
  };
}

function axisOptions(axis: PlotAxis, theme: Theme, position: 'bottom' | 'left' | 'right'): ScaleOptionsByType<'linear'> {
  const font = { family: theme.fontFamily, size: theme.fontSizePx };
  const colour = axis.colour ?? theme.muted;
  const options = {
    type: 'linear',
    position,
    min: axis.min,
    max: axis.max,
    grid: { display: position === 'left', color: theme.grid, drawTicks: false },
    border: { display: position === 'bottom', color: theme.muted },
    title: { display: true, text: axis.title, color: colour, font, padding: 2 },
    ticks: {
      color: theme.muted,
      font,
      padding: 6,
      maxRotation: 0,
      autoSkipPadding: 16,
      precision: 0,
      includeBounds: axis.ticks !== undefined,
      callback: (value: number | string) => axis.format(Number(value)),
    },
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      if (axis.ticks) scale.ticks = axis.ticks.map((value) => ({ value }));
    },
  };
  // chart.js types an axis with every option filled in, but takes any part of them.
  return options as unknown as ScaleOptionsByType<'linear'>;
}
