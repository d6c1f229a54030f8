import path from 'node:path';
import type { FolderReader } from '../files/folderReader';
import { naturalOrder, type Folder } from '../logFormat';
import type { RunSource } from '../runSource';

/** A kind of metrics file. */
export type MetricKind = 'verl file logger' | 'metrics.jsonl' | 'logging.jsonl' | 'trainer_state.json' | 'tensorboard';

/** A metrics file near a run. */
export interface MetricFileName {
  readonly path: string;
  readonly kind: MetricKind;
}

/** So many tensorboard files are followed, those of the newest launches. */
const maxBoardFiles = 12;
/** A run's metrics lie in its own directory, in the one of its log, or one above a log directory with a name like these. */
const logFolderName = /^(?:completions|rollouts?|rollout_data|rollout_dump.*|train|dump|dumps|data|logs?|episodes|dumped_evals|traces)$/i;
/** Directories in those that hold tensorboard files, themselves or one level deeper. */
const boardFolderName = /^(?:runs|tensorboard|tensorboard_log|tb|tb_logs|exp_\d+)$/i;
const boardFileStart = 'events.out.tfevents.';
const checkpointName = /^checkpoint-\d+$/;

/** The metrics files that lie near a run: in a handful of directories, by their names. Later files continue earlier ones. Null where the next look goes on listing a very large directory. */
export function findMetricFiles(source: RunSource, folders: FolderReader): readonly MetricFileName[] | null {
  for (const directory of metricDirectories(source)) if (isUnlisted(folders, directory)) return null;
  const found = new Map<string, MetricFileName>();
  const add = (kind: MetricKind, file: string): void => void found.set(file, { path: file, kind });
  addVerlFiles(source, folders, add);
  for (const directory of metricDirectories(source)) {
    const folder = openFolder(folders, directory, 'seen');
    if (folder !== null) addFiles(folder, directory, add);
  }
  const files = [...found.values()];
  const isBoard = ({ kind }: MetricFileName): boolean => kind === 'tensorboard';
  return [...files.filter((file) => !isBoard(file)), ...files.filter(isBoard).slice(-maxBoardFiles)];
}

type Add = (kind: MetricKind, file: string) => void;

/** The directories in which a run's metrics may lie. */
export function metricDirectories({ path: runPath, logPath, config }: RunSource): ReadonlySet<string> {
  const above = logFolderName.test(path.basename(logPath)) ? [path.dirname(logPath)] : [];
  // A launch directory may hold several runs: only what bears this run's name is its own.
  const own = config !== null && runPath === config.launchDirectory ? [] : [runPath];
  return new Set([...own, ...above, logPath]);
}

function openFolder(folders: FolderReader, directory: string, how: 'now' | 'seen' = 'now'): Folder | null {
  try {
    return how === 'seen' ? folders.openSeen(directory) : folders.open(directory);
  } catch {
    // No such directory: there are no metrics in it.
    return null;
  }
}

/** Lists a directory by one turn; true where that is not all of it. */
function isUnlisted(folders: FolderReader, directory: string): boolean {
  try {
    folders.look(directory);
    return folders.isUnfinished;
  } catch {
    // Opening it says the same.
    return false;
  }
}

/** Verl names its files by project and experiment, below the directory that it was launched in. */
function addVerlFiles({ config }: RunSource, folders: FolderReader, add: Add): void {
  const { launchDirectory, projectName, name } = config ?? { launchDirectory: '', projectName: null, name: null };
  if (projectName === null || name === null) return;
  const project = openFolder(folders, path.resolve(launchDirectory, projectName));
  if (project?.files.includes(`${name}.jsonl`) === true) add('verl file logger', path.resolve(launchDirectory, projectName, `${name}.jsonl`));
  const board = path.resolve(launchDirectory, 'tensorboard_log', projectName, name);
  const folder = openFolder(folders, board);
  if (folder !== null) addBoardFiles(folder, board, add);
}

function addFiles(folder: Folder, directory: string, add: Add): void {
  for (const name of ['metrics.jsonl', 'logging.jsonl'] as const) if (folder.files.includes(name)) add(name, path.join(directory, name));
  addTrainerState(folder, directory, add);
  addBoardFiles(folder, directory, add);
  for (const name of folder.folders.filter((each) => boardFolderName.test(each)).sort(naturalOrder)) {
    const board = folder.open(name);
    if (board !== null) addBoardTree(board, path.join(directory, name), add);
  }
}

function addBoardTree(board: Folder, directory: string, add: Add): void {
  addBoardFiles(board, directory, add);
  for (const name of [...board.folders].sort(naturalOrder).slice(-maxBoardFiles)) {
    const inner = board.open(name);
    if (inner !== null) addBoardFiles(inner, path.join(directory, name), add);
  }
}

/** The names hold the time of the launch, so their order is that of the launches. */
function addBoardFiles(folder: Folder, directory: string, add: Add): void {
  for (const name of folder.files.filter((each) => each.startsWith(boardFileStart)).sort(naturalOrder)) add('tensorboard', path.join(directory, name));
}

/** Each state holds all that was logged before it: the last one is enough. */
function addTrainerState(folder: Folder, directory: string, add: Add): void {
  const checkpoints = folder.folders.filter((name) => checkpointName.test(name)).sort(naturalOrder);
  const last = checkpoints.findLast((name) => folder.open(name)?.files.includes('trainer_state.json') === true);
  if (last !== undefined) add('trainer_state.json', path.join(directory, last, 'trainer_state.json'));
  if (folder.files.includes('trainer_state.json')) add('trainer_state.json', path.join(directory, 'trainer_state.json'));
}
