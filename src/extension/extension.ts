import * as vscode from 'vscode';
import { registerAnnotations } from './annotations/annotations';
import { Annotator } from './annotations/annotator';
import { registerCommands } from './commands';
import { Configuration } from './configuration';
import { Dashboards } from './dashboard/dashboards';
import { DatasetDocuments } from './annotations/datasetDocuments';
import { DecisionDocuments } from './decisions/decisionDocuments';
import { DecisionIndex } from './decisions/decisionIndex';
import { decisionCommands } from './decisions/decisionCommands';
import { DoctorDocuments } from './documents/doctorDocuments';
import { Focus } from './focus';
import { GitAttributesOffer } from './decisions/gitAttributesOffer';
import { commandIds } from './ids';
import { l10n } from './l10n';
import { NextBatchDocuments } from './documents/nextBatchDocuments';
import { inBackground } from './report';
import { RolloutDocuments } from './documents/rolloutDocuments';
import { RunBadges } from './runs/runBadges';
import { runCommands } from './runs/runCommands';
import { RunStore } from './runs/runStore';
import { RunsView } from './runs/runsView';
import { startEngine } from './engine/startEngine';
import { StatusBar } from './runs/statusBar';
import { TrainerSetup } from './trainerSetup';

/** Puts the contributions together; each of them lives in its own file. */
export function activate(context: vscode.ExtensionContext): void {
  l10n.t = vscode.l10n.t;
  const log = vscode.window.createOutputChannel('CDAS Lens', { log: true });
  const engine = startEngine(context, log);
  const runs = new RunStore(engine, context.workspaceState, log);
  const decisions = new DecisionIndex(engine, log);
  const focus = new Focus(engine, log);
  const configuration = new Configuration(engine, log, context.globalStorageUri.fsPath);
  const documents = new DatasetDocuments();
  const annotator = new Annotator(documents, engine, runs);
  const runsView = new RunsView({ engine, runs, decisions, focus, configuration });
  const dashboards = new Dashboards({ engine, runs, log, extensionUri: context.extensionUri }, focus, context.workspaceState);
  const gitAttributes = new GitAttributesOffer(engine, context.workspaceState, log);
  const problems = { engine, runs, annotator, log };
  const doctor = new DoctorDocuments(engine, runs, log);
  const decisionDocuments = new DecisionDocuments(engine, runs, log);
  const nextBatch = new NextBatchDocuments(problems);
  const rollouts = new RolloutDocuments(problems);
  const setup = new TrainerSetup(engine, runs, context.asAbsolutePath('src/trainer'));
  const commands = registerCommands(
    {
      ...runCommands({ engine, runs, dashboards, configuration }),
      [commandIds.setUpTrainingJob]: (...args) => setup.run(args),
      [commandIds.examineLog]: (...args) => doctor.show(args),
      [commandIds.showDecisions]: () => decisionDocuments.show(),
      [commandIds.previewNextBatch]: (...args) => nextBatch.preview(args),
      [commandIds.explainProblem]: (...args) => nextBatch.explain(args),
      ...decisionCommands({ ...problems, engine, gitAttributes }),
      [commandIds.showRollouts]: (...args) => rollouts.show(args),
      [commandIds.showMore]: (node) => runsView.showMore(node),
      [commandIds.writeGitAttributes]: () => gitAttributes.write(),
      [commandIds.showLog]: () => log.show(),
    },
    log,
  );
  context.subscriptions.push(log, engine, runs, decisions, doctor, decisionDocuments, nextBatch, rollouts, setup, configuration, documents, runsView, dashboards, commands);
  context.subscriptions.push(new RunBadges(runs), new StatusBar(runs, focus), registerAnnotations({ annotator, engine, runs, configuration, log }));

  inBackground(configuration.start().then(() => Promise.all([runs.refresh({ rescan: false }), decisions.refresh()])), log);
}
