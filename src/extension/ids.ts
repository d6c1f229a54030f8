/** Every command, by what it does. package.json declares the same ids; a unit test compares them. */
export const commandIds = {
  recompute: 'cdasLens.recomputeDifficulty',
  openDashboard: 'cdasLens.openDashboard',
  examineLog: 'cdasLens.examineLog',
  previewNextBatch: 'cdasLens.previewNextBatch',
  explainProblem: 'cdasLens.explainProblem',
  pin: 'cdasLens.pinProblem',
  pinWithReason: 'cdasLens.pinProblemWithReason',
  exclude: 'cdasLens.excludeProblem',
  excludeWithReason: 'cdasLens.excludeProblemWithReason',
  relabel: 'cdasLens.relabelProblem',
  clear: 'cdasLens.clearProblem',
  undo: 'cdasLens.undoLastDecision',
  selectRun: 'cdasLens.selectRun',
  refreshRuns: 'cdasLens.refreshRuns',
  proposeFieldMapping: 'cdasLens.proposeFieldMapping',
  addRunRoot: 'cdasLens.addRunRoot',
  showMore: 'cdasLens.showMore',
  toggleAnnotations: 'cdasLens.toggleAnnotations',
  openDecisions: 'cdasLens.openDecisionsFile',
  showDecisions: 'cdasLens.showDecisions',
  writeGitAttributes: 'cdasLens.writeGitAttributes',
  setUpTrainingJob: 'cdasLens.setUpTrainingJob',
  showRollouts: 'cdasLens.showRollouts',
  copyProblemId: 'cdasLens.copyProblemId',
  openDocs: 'cdasLens.openDocs',
  showLog: 'cdasLens.showLog',
} as const;

/** The id of a command that the extension contributes. */
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** Commands that only make sense on the item they belong to, and are kept out of the palette. */
export const hiddenCommandIds: readonly CommandId[] = [commandIds.showMore];

/** The view container in the activity bar. */
export const viewContainerId = 'cdasLens';

/** The tree of runs. */
export const runsViewId = 'cdasLens.runs';

/** The dashboard's webview type: panel, serializer and activation event use this one id. */
export const dashboardViewType = 'cdasLens.dashboard';

/** The walkthrough, as `workbench.action.openWalkthrough` wants it. */
export const walkthroughId = 'cdas-lens.cdas-lens#cdasLens.start';

/** Context keys that `when` clauses in package.json read. */
export const contextKeys = {
  /** The active editor shows a dataset whose rows can be decided on. */
  datasetEditor: 'cdasLens.datasetEditor',
  /** The roots have been searched and hold no run. */
  noRuns: 'cdasLens.noRuns',
} as const;

/** Values of TreeItem.contextValue that `when` clauses in package.json read. */
export const itemContexts = { run: 'cdasLens.run', step: 'cdasLens.step', group: 'cdasLens.group' } as const;

/** Theme colours that package.json declares. */
export const colorIds = {
  annotation: 'cdasLens.annotationForeground',
  pinned: 'cdasLens.pinnedForeground',
  excluded: 'cdasLens.excludedForeground',
  relabelled: 'cdasLens.relabelledForeground',
} as const;

/** The URI scheme under which tree items get their completeness badge. */
export const runUriScheme = 'cdas-lens-run';

/** The language of read-only documents whose lines are sentences: package.json lets editors wrap them. */
export const proseLanguageId = 'cdas-lens-text';

/** The directory of their URIs, by which package.json gives them that language. */
export const proseDirectory = '/cdas-lens-text/';

/** The scheme of read-only files that say what a run's log supports. */
export const doctorUriScheme = 'cdas-lens-doctor';

/** The scheme of the read-only file with the decisions as they stand. */
export const decisionsUriScheme = 'cdas-lens-decisions';

/** The scheme of read-only files with a run's next batch. */
export const nextBatchUriScheme = 'cdas-lens-next-batch';

/** The scheme of read-only documents with the lines that set up a training job. */
export const setupUriScheme = 'cdas-lens-setup';

/** The scheme of read-only files with the rollouts of a group. */
export const rolloutUriScheme = 'cdas-lens-rollouts';

/** The languages in which dataset rows are looked for. */
export const datasetLanguages = ['jsonl', 'json'] as const;
