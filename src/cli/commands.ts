import type { Command } from './command';
import { clearCommand, compileCommand, excludeCommand, pinCommand, relabelCommand, revertCommand, undoCommand } from './decisionCommands';
import { decisionsCommand } from './decisionsCommand';
import { doctorCommand } from './doctorCommand';
import { mappingCommand } from './mappingCommand';
import { nextBatchCommand } from './nextBatchCommand';
import { problemsCommand, recomputeCommand } from './problemCommands';
import { groupsCommand, runsCommand, showCommand } from './runCommands';
import { setupCommand } from './setupCommand';
import { watchCommand } from './watchCommand';
import { whatIfCommand } from './whatIfCommand';

/** Every command, in the order of `--help`. Adding a command means adding it here. */
export const commands: readonly Command[] = [
  runsCommand,
  showCommand,
  doctorCommand,
  mappingCommand,
  groupsCommand,
  problemsCommand,
  recomputeCommand,
  nextBatchCommand,
  whatIfCommand,
  pinCommand,
  excludeCommand,
  relabelCommand,
  clearCommand,
  revertCommand,
  undoCommand,
  decisionsCommand,
  compileCommand,
  watchCommand,
  setupCommand,
];
