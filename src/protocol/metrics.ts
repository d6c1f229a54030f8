/** The most training metrics that are drawn at once. */
export const maxShownMetrics = 4;

/** One training metric over steps, decimated to the width it was asked for. A null is a value that was not finite. */
export interface MetricColumns {
  readonly name: string;
  readonly step: readonly number[];
  readonly value: readonly (number | null)[];
  /** How many points there are in all. */
  readonly points: number;
  /** The files it was read from, relative to the run where they lie in it. */
  readonly files: readonly string[];
}

/** A metrics file and what a person should know about it. */
export interface MetricFileNote {
  readonly file: string;
  readonly note: string;
}

/** The training metrics that lie beside a run's rollouts. */
export interface DashboardMetrics {
  /** The names of all series, sorted. Untrusted. */
  readonly available: readonly string[];
  /** The drawn ones: those asked for that are there, else a choice by name. */
  readonly series: readonly MetricColumns[];
  readonly notes: readonly MetricFileNote[];
  /** What to switch on in the trainer so that there are metrics; null where there are some. */
  readonly advice: string | null;
}
