// The demo: a small trainer that writes its rollouts into a workspace folder, in the background or for some steps.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onEnd, userError } from './vscodeHost/cleanup.mjs';
import { distRoot, makeTemporaryDirectory } from './vscodeHost/paths.mjs';
import { run, spawnGuarded } from './vscodeHost/processes.mjs';

const trainerPath = join(distRoot, 'demoTrainer.js');

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Claims the folder for this process, so that two of them never train into one run. */
function claim(folder) {
  const lock = `${folder}.pid`;
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (owner > 0 && owner !== process.pid && isAlive(owner)) return false;
  writeFileSync(lock, String(process.pid));
  onEnd(() => rmSync(lock, { force: true }));
  return true;
}

/** Starts the trainer in `folder`, going on where it stopped the last time; resolves the folder. */
export async function startDemo(folder) {
  mkdirSync(folder, { recursive: true });
  if (!claim(folder)) {
    console.log(`Another npm start is training in ${folder}; opening the same folder.`);
    return folder;
  }
  const resumed = existsSync(join(folder, 'train.jsonl'));
  console.log(`${resumed ? 'Going on with' : 'Starting'} the demo: a small policy learns arithmetic with GRPO in ${folder}`);
  const trainer = spawnGuarded(process.execPath, [trainerPath, '--dir', folder]);
  void trainer.ended.then((code) => {
    if (code !== 0) console.error(`The demo trainer ended with code ${code}:\n${trainer.output().slice(-2000)}`);
  });
  return folder;
}

/** Lets the demo in `folder` go on for `steps` steps, as fast as it can. */
export async function trainDemo(folder, steps, options = []) {
  const args = [trainerPath, '--dir', folder, '--steps', String(steps), '--interval-ms', '0', ...options];
  const { code, output } = await run(process.execPath, args, { quiet: true, timeoutMs: 300_000 });
  if (code !== 0) throw userError(`The demo trainer ended with exit code ${code}:\n${output}`);
}

/** A temporary workspace folder in which a demo run of `steps` steps lies; `remove()` deletes it. */
export async function makeDemoWorkspace(steps, seed = 7) {
  const parent = makeTemporaryDirectory('demo');
  const remove = onEnd(() => rmSync(parent, { recursive: true, force: true, maxRetries: 5 }));
  const folder = join(parent, 'demo');
  await trainDemo(folder, steps, ['--seed', String(seed)]);
  return { folder, remove };
}
