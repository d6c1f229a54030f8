import { examineLog } from '../engine/doctor/doctor';
import { gatherEvidence, readMetrics } from '../engine/doctor/doctorEvidence';
import { doctorLines } from '../engine/doctor/doctorText';
import type { Command } from './command';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';

/** `doctor`: what a log is, what it supports, and what would make it better. */
export const doctorCommand: Command = {
  name: 'doctor',
  usage: 'RUN',
  summary: 'Examine a log: which figures it supports and why, how problems were identified, and what to change.',
  arity: { min: 1, max: 1 },
  options: [...ratingOptions, directoryOption],
  run: async (invocation) => {
    const session = await Session.open(invocation.positionals[0] ?? '', { ...sessionOptions(invocation), anyDataset: true });
    readMetrics(session.run);
    const report = examineLog(session.run, session.findings, gatherEvidence(session.run));
    if (invocation.json) invocation.output.json(report);
    else for (const line of doctorLines(report)) invocation.output.line(line);
  },
};
