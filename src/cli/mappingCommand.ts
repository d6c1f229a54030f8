import { resolve } from 'node:path';
import { errorCode, messageOf } from '../core/errors';
import { filesLike, proposeMapping } from '../core/mappingProposal';
import { sampleRows } from '../logs/discovery/sampleRows';
import { ExpectedError } from '../protocol/channel';
import type { Command } from './command';

/** `mapping`: how a JSONL file of no known format may be read. */
export const mappingCommand: Command = {
  name: 'mapping',
  usage: 'FILE',
  summary: 'Propose a field mapping (--mapping) for a JSONL file of another format: which field is the prompt, the reward and so on.',
  arity: { min: 1, max: 1 },
  options: [],
  run: ({ positionals, output }) => {
    const file = resolve(positionals[0] ?? '');
    const rows = sampleOf(file);
    if (rows.length === 0) throw new ExpectedError(`${file} does not begin with JSON objects, one per line; name a JSONL file.`);
    const proposed = proposeMapping(rows, filesLike(file));
    if (proposed === null) {
      throw new ExpectedError(`${file}: no field of its first rows looks like a prompt or an id, or none looks like a reward. Write the mapping yourself: {"${filesLike(file)}": {"prompt": "path.to.it", "reward": "path.to.it"}}`);
    }
    output.json({ [proposed.glob]: proposed.fields });
    return Promise.resolve();
  },
};

const refusals: ReadonlyMap<string, (file: string) => string> = new Map([
  ['ENOENT', (file) => `${file} does not exist.`],
  ['EISDIR', (file) => `${file} is a directory; name a JSONL file in it.`],
]);

function sampleOf(file: string): ReturnType<typeof sampleRows> {
  try {
    return sampleRows(file);
  } catch (error) {
    throw new ExpectedError(refusals.get(errorCode(error) ?? '')?.(file) ?? `${file} cannot be read: ${messageOf(error)}`);
  }
}
