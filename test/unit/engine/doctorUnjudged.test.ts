import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { examineLog } from '../../../src/engine/doctor/doctor';
import { gatherEvidence } from '../../../src/engine/doctor/doctorEvidence';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import type { DoctorReport } from '../../../src/protocol/doctor';
import { temporaryDirectory } from '../temporaryDirectory';
import { loadOnly } from './fixtureRuns';

describe('the report on a log of rollouts that say too little', () => {
  const directory = temporaryDirectory();

  const row = (step: number, problem: string, score: unknown, more: object = {}): string =>
    `${JSON.stringify({ input: `user\n${problem}\nassistant\n`, output: 'x', score, step, ...more })}\n`;

  async function examineRows(rows: string): Promise<DoctorReport> {
    writeFileSync(path.join(directory.path(), '1.jsonl'), rows);
    const run = await loadOnly(directory.path());
    return examineLog(run, findFacts(run), gatherEvidence(run));
  }

  const textOf = (report: DoctorReport, code: string): string | undefined => report.findings.find((finding) => finding.code === code)?.text;

  it('says that rollouts lack the field by which the others are judged, not that they lack a score', async () => {
    const report = await examineRows(row(1, 'a', 0.9, { acc: true }) + row(1, 'a', 0.2, { acc: false }) + row(1, 'b', 0.7, { acc: null }));
    assert.equal(textOf(report, 'unscored'), '1 rollout left out, failed, masked or without the field “acc”: a missing verdict is not a wrong answer.');
  });

  it('warns of rollouts that nothing tells apart', async () => {
    const blank = `${JSON.stringify({ input: '', output: 'x', score: 1, step: 1 })}\n`;
    const report = await examineRows(row(1, 'a', 1) + blank + blank);
    assert.match(textOf(report, 'nameless') ?? '', /^2 rollouts with neither a problem id nor a prompt/);
  });

  it('counts uniform groups among those of which a rollout could be judged, and names the others', async () => {
    const report = await examineRows(row(1, 'a', 1) + row(1, 'a', 1) + row(1, 'b', 0) + row(1, 'b', 1) + row(1, 'c', null) + row(1, 'c', null));
    assert.equal(report.claims.find(({ claim }) => claim === 'zeroGradientShare')?.reason, '1 of 2 groups are uniform. Left out: 1 group of which no rollout could be judged.');
  });

  it('takes an answer of null for none', async () => {
    const report = await examineRows(row(1, 'a', 1, { gts: null }) + row(1, 'b', 0, { gts: '4' }));
    assert.equal(report.claims.find(({ claim }) => claim === 'groundTruth')?.reason, '1 of 2 prompts come with an answer.');
  });
});
