import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { examineLog } from '../../../src/engine/doctor/doctor';
import { gatherEvidence } from '../../../src/engine/doctor/doctorEvidence';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { temporaryDirectory } from '../temporaryDirectory';
import { loadOnly } from './fixtureRuns';

describe('the log doctor on a dataset', () => {
  const directory = temporaryDirectory();
  beforeEach(() => writeFileSync(path.join(directory.path(), '1.jsonl'), '{"input": "First", "output": "o", "score": 1, "step": 1}\n'));

  /** What the report says of the rows that are left out of a dataset with this text. */
  async function leftOut(text: string): Promise<readonly string[]> {
    const dataset = path.join(directory.path(), 'rows.jsonl');
    writeFileSync(dataset, text);
    const run = await loadOnly(directory.path(), { dataset });
    return examineLog(run, findFacts(run), gatherEvidence(run)).findings.flatMap((finding) => (finding.code === 'unusableRows' ? finding.text : []));
  }

  it('counts rows that are no JSON object or have no prompt, and no blank lines', async () => {
    const [said = ''] = await leftOut('{"question": "First"}\n{"q": "Second"}\n\ntorn {\n');
    assert.match(said, /^2 rows of .*rows\.jsonl left out/);
  });

  it('says nothing of a dataset that is read whole', async () => {
    assert.deepEqual(await leftOut('{"question": "First"}\n\n'), []);
  });
});
