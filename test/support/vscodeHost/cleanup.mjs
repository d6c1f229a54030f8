// Runs what must be undone, newest first, however the process ends: normally, by a signal, by a crash, or with its parent.
const undo = [];
let running;

/** Registers `action` for the end of the process; the returned function runs it now instead, once. */
export function onEnd(action) {
  let pending;
  const once = () => (pending ??= Promise.resolve().then(action));
  undo.push(once);
  return once;
}

/** Runs every registered action, newest first; a failing one does not stop the others. */
export function cleanUp() {
  running ??= (async () => {
    for (const action of undo.reverse()) {
      await action().catch((error) => console.error(`Cleaning up: ${error.message}`));
    }
  })();
  return running;
}

let ending = false;

async function endWith(code, reason) {
  // What is being stopped reports its end as well; only the first reason counts.
  if (ending) return;
  ending = true;
  if (reason !== undefined) console.error(reason);
  const forced = setTimeout(() => process.exit(code), 15_000);
  await cleanUp();
  clearTimeout(forced);
  process.exit(code);
}

function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) void endWith(1, 'The process that started this one is gone; stopping.');
  }, 1000);
  timer.unref();
}

/** Runs `main` and exits with the code it returns (default 0), cleaning up first in every case. */
export function runToEnd(main) {
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => void endWith(code));
  process.on('uncaughtException', (error) => void endWith(1, error.stack));
  process.on('unhandledRejection', (error) => void endWith(1, error?.stack ?? String(error)));
  endWithParent();
  main().then(
    (code) => endWith(code ?? 0),
    (error) => endWith(1, error.userMessage ?? error.stack),
  );
}

/** An error whose message is meant for the person at the terminal, without a stack. */
export function userError(message) {
  return Object.assign(new Error(message), { userMessage: message });
}
