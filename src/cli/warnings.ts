import type { CurationStore, CurationView } from '../engine/decisions/curationStore';
import { printable } from '../core/printable';

const said = new Set<string>();

/** Writes a warning to standard error as one line, the first time only. */
export function warnOnce(warning: string): void {
  if (said.has(warning)) return;
  said.add(warning);
  process.stderr.write(`cdas-lens: warning: ${printable(warning)}\n`);
}

/** Warns of what is odd about the curation directory. */
export function warnOfCuration(store: CurationStore, view: CurationView): void {
  store.summary(view).warnings.forEach(warnOnce);
}
