const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A trajectory as block characters, lowest bar at `low`, highest at `high`; values outside are clamped, the newest kept. */
export function sparkline(values: readonly number[], range: { readonly low: number; readonly high: number }, maxBars: number): string {
  const { low, high } = range;
  return values
    .slice(-maxBars)
    .map((value) => {
      const share = (value - low) / (high - low);
      const index = Math.min(bars.length - 1, Math.max(0, Math.floor(share * bars.length)));
      return bars[index] ?? bars[0];
    })
    .join('');
}
