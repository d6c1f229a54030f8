import { Worker } from 'node:worker_threads';
import type { EngineWorkerData } from '../../protocol/engineApi';
import type { EngineProcess } from './engineClient';

/**
 * With more room for what is gone at once, and with a larger heap allowed, V8 cleans up later and the thread only grows.
 * What the engine needs is far below.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 2000 };

/** Starts the engine of `scriptPath` in a worker thread, off the extension host's event loop. */
export function spawnEngineWorker(scriptPath: string, workerData: EngineWorkerData): EngineProcess {
  const worker = new Worker(scriptPath, { workerData, name: 'cdas-lens engine', resourceLimits });
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
