import { DecisionLog } from '../../../src/curation/decisionLog';

// Appends so many decisions one after the other, as another window does; says how it ended.
const [directory = '', count = '0', name = 'p'] = process.argv.slice(2);
const log = new DecisionLog(directory);
try {
  for (let i = 0; i < Number(count); i++) log.append([{ action: 'pin', problem: `${name}${i}`, reason: 'x'.repeat(100) }], { by: 'Ada', now: new Date(0) });
  console.log('done');
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
