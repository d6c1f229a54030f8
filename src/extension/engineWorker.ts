import { Worker } from 'node:worker_threads';
import type { EngineWorkerData } from '../protocol/engineApi';
import type { EngineProcess } from './engineClient';

/** Most of what the engine makes is gone at once: with more room for it the thread would only grow. */
const maxYoungGenerationSizeMb = 12;

/** Starts the engine of `scriptPath` in a worker thread, off the extension host's event loop. */
export function spawnEngineWorker(scriptPath: string, workerData: EngineWorkerData): EngineProcess {
  const worker = new Worker(scriptPath, { workerData, name: 'cdas-lens engine', resourceLimits: { maxYoungGenerationSizeMb } });
  let failure: string | null = null;
  worker.on('error', (error: Error) => {
    failure = error.message;
  });
  return {
    port: {
      post: (message) => {
        worker.postMessage(message);
      },
      listen: (listener) => {
        worker.on('message', listener);
        return () => void worker.off('message', listener);
      },
    },
    onExit: (listener) => {
      worker.once('exit', (code) => {
        listener(failure ?? `exit code ${code}`);
      });
    },
    terminate: () => void worker.terminate(),
  };
}
