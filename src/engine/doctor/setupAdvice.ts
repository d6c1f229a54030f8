import { datasetParts, setupFrameworkOfLog, setupParts, type SetupPart, type SetupPlaces } from '../../core/trainerSetup';
import type { DoctorFix } from '../../protocol/doctor';
import { loggingAdvice } from './doctorAdvice';

/** Frameworks whose logs are known and that the trainer package has no part for. */
export const unhookedFrameworks = ['ms-swift', 'areal', 'roll', 'rllm', 'open-instruct', 'skyrl', 'tinker'] as const;

/** Where a trainer is handed its dataset in Python, which can then obey. */
const takesDataset: ReadonlyMap<string, string> = new Map([
  ['areal', 'AReaL trains on the dataset object that its trainer is given: give it this one. Written to AReaL’s protocol, not run in it.'],
  ['tinker', 'Make get_batch of your RLDataset take its rows from this one. Written to tinker-cookbook’s protocol, not run in it.'],
]);

const whoeverWrote: ReadonlyMap<string, string> = new Map([
  ['neutral', 'Rollouts in the neutral format do not say which trainer wrote them. For its own lines, name it with --framework; these are for your own training loop.'],
  ['mapped', 'A log read through a field mapping does not say which trainer wrote it. For its own lines, name it with --framework; these are for your own training loop.'],
]);

/** What makes a job obey, as far as it can, and makes its log complete; for every framework whose logs are read, and for `other`. */
export function setupPartsFor(framework: string, places: SetupPlaces): readonly SetupPart[] {
  const known = framework === 'other' ? framework : setupFrameworkOfLog(framework);
  return known !== null ? setupParts(known, places) : [...obeying(framework, places), ...loggingAdvice(framework).map(partOf)];
}

/** Whether the lines need the trainer package in the project. */
export function needsPackage(parts: readonly SetupPart[]): boolean {
  return parts.some(({ lines }) => lines.some((line) => line.includes('cdas_lens')));
}

function obeying(framework: string, places: SetupPlaces): readonly SetupPart[] {
  const author = whoeverWrote.get(framework);
  if (author !== undefined) return [{ what: author, language: 'sh', lines: [] }, ...setupParts('other', places)];
  const dataset = takesDataset.get(framework);
  if (dataset !== undefined) return datasetParts(dataset, places);
  const what = `The package has no adapter for ${framework}: decisions cannot reach a running job and stay pending; \`cdas-lens decisions\` lists what to change in its dataset before the next launch. Its log is still read.`;
  return [{ what, language: 'sh', lines: [] }];
}

function partOf({ advice, setting }: DoctorFix): SetupPart {
  return { what: advice, language: setting?.startsWith('from ') === true ? 'python' : 'sh', lines: setting === null ? [] : [setting] };
}
