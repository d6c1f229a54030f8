import type { LogFile } from '../../logs/logFile';

/** A file of a run. There can be very many: what is known of one that is not being read lies elsewhere. */
export class FollowedFile {
  /** The place of the file among the run's files. */
  position = 0;
  /** Null before the file is looked at, and while it rests. */
  open: LogFile | null = null;
  /** Its number among the files at rest; null while it is not one of them. */
  resting: number | null = null;
  /** What of it is in the index of rows: the generation, how many rows, and the steps that they are of. */
  generation = 0;
  rows = 0;
  steps: number | readonly number[] = noSteps;

  /** `step` is the one that the name tells. */
  constructor(
    readonly name: string,
    readonly step: number | null,
    /** Its place among the launches that are listed now. */
    public launch: number,
  ) {}
}

/** Shared by all files without rows. */
export const noSteps: readonly number[] = [];
