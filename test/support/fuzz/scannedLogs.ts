import { arealFormat } from '../../../src/logs/formats/areal';
import { mappedFormat } from '../../../src/logs/formats/mapped';
import { neutralFormat } from '../../../src/logs/formats/neutral';
import { nemoRlFormat } from '../../../src/logs/formats/nemoRl';
import { primeRlFormat } from '../../../src/logs/formats/primeRl';
import { rollFormat } from '../../../src/logs/formats/roll';
import { verlFormat } from '../../../src/logs/formats/verl';
import { arealShape, mappedShape, nemoRlShape, neutralShape, primeRlShape, rollShape, verlShape } from './jsonLines';

/** The formats whose lines a scanner reads, each with what its lines are made of at random. */
export const scannedLogs = [
  [verlFormat, verlShape],
  [neutralFormat, neutralShape],
  [primeRlFormat, primeRlShape],
  [nemoRlFormat, nemoRlShape],
  [arealFormat, arealShape],
  [rollFormat, rollShape],
  [mappedFormat({ glob: '*', fields: { prompt: 'q', response: 'out.text', reward: 'score', groundTruth: 'answer', id: 'id' } }, '/'), mappedShape],
] as const;
