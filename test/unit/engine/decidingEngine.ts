import { engineOn } from './observedTree';

// Decides so many times as another window does: each decision is appended and compiled.
const [root = '', count = '0', name = 'p'] = process.argv.slice(2);
const { decide } = engineOn(root).handlers();
const context = { cancelled: () => false, progress: () => undefined };
async function decideAll(): Promise<void> {
  for (let i = 0; i < Number(count); i++) await decide({ run: null, action: 'exclude', problems: [`${name}-${i}`] }, context);
}

void decideAll();
