// The demo: a small trainer that keeps running in the background and writes its rollouts into a workspace folder.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './vscodeHost/cleanup.mjs';
import { distRoot } from './vscodeHost/paths.mjs';
import { spawnGuarded } from './vscodeHost/processes.mjs';

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
  const trainer = spawnGuarded(process.execPath, [join(distRoot, 'demoTrainer.js'), '--dir', folder], {});
  void trainer.ended.then((code) => {
    if (code !== 0) console.error(`The demo trainer ended with code ${code}:\n${trainer.output().slice(-2000)}`);
  });
  return folder;
}
