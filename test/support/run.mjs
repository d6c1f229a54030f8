// npm test [-- SUITE…] [--all] [--desktop]: prepares everything the suites need, runs them and sums them up. The last line
// is "N passed, M failed"; the exit code is 0 only if nothing failed and every suite ran a test.
import { requireNode, ensureDependencies, buildBundles } from './prepare.mjs';
import { onlyWhenAskedFor, packagedOnly, suites } from './suites.mjs';
import { runToEnd, userError } from './vscodeHost/cleanup.mjs';

const switches = ['--all', '--desktop'];

function parseArguments(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = [...names.filter((name) => !(name in suites)), ...args.filter((arg) => arg.startsWith('--') && !switches.includes(arg))];
  if (unknown.length > 0) {
    throw userError(`Unknown: ${unknown.join(', ')}. Usage: npm test [-- SUITE…] [--all] [--desktop]; suites: ${Object.keys(suites).join(', ')}`);
  }
  const desktop = args.includes('--desktop') || process.platform === 'win32';
  const left = [...(desktop ? packagedOnly : []), ...(args.includes('--all') ? [] : onlyWhenAskedFor)];
  const everything = Object.keys(suites).filter((name) => !left.includes(name));
  if (desktop) console.log(`In a desktop VS Code its window cannot be read: ${packagedOnly.join(', ')} and some integration tests are left out.`);
  return { names: names.length > 0 ? names : everything, desktop };
}

async function runOne(name, options) {
  console.log(`\n=== ${name} ===`);
  try {
    const counts = await suites[name](options);
    if (counts.passed + counts.failed > 0) return counts;
    return { ...counts, failed: 1, reason: 'it ran no test' };
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, reason: error.userMessage ?? error.stack };
  }
}

function describeOutcome(name, { passed, failed, skipped, reason }) {
  const counts = `${passed} passed, ${failed} failed` + (skipped ? `, ${skipped} skipped` : '');
  return `${name.padEnd(12)} ${counts}${reason === undefined ? '' : `: ${reason}`}`;
}

async function main() {
  requireNode();
  const { names, desktop } = parseArguments(process.argv.slice(2));
  await ensureDependencies();
  await buildBundles();
  const outcomes = [];
  for (const name of names) outcomes.push([name, await runOne(name, { desktop })]);
  console.log(`\n${outcomes.map(([name, outcome]) => describeOutcome(name, outcome)).join('\n')}\n`);
  const sum = (key) => outcomes.reduce((total, [, outcome]) => total + outcome[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

runToEnd(main);
