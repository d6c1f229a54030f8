import { setupFrameworkOfLog, setupFrameworkOfProject, type SetupPart } from '../core/trainerSetup';
import type { CopiedPackage } from '../curation/trainerPackage';

/** The framework that a job trains with: that of its log if the trainer package has a part for it, else the one that the project's files name, else that of the log all the same; null where nothing tells. */
export function frameworkToSetUp(run: { readonly framework: string } | null, projectTexts: readonly string[]): string | null {
  const known = run === null ? null : setupFrameworkOfLog(run.framework);
  return known ?? setupFrameworkOfProject(projectTexts) ?? run?.framework ?? null;
}

/** The page, in Markdown, that shows the lines for a training job; `copied` is null where it needs no package. */
export function setupDocument(framework: string, copied: CopiedPackage | null, parts: readonly SetupPart[]): string {
  const shown = parts.map(({ what, language, lines }) => [what, ...(lines.length === 0 ? [] : ['', '```' + language, ...lines, '```']), ''].join('\n'));
  return [`# Setting up a job that trains with ${framework}\n`, ...(copied === null ? shown : aroundPackage(copied, shown))].join('\n');
}

function aroundPackage({ directory, replaced }: CopiedPackage, shown: readonly string[]): string[] {
  const done = replaced ? `The Python package in ${directory} was replaced.` : `The Python package was copied to ${directory}.`;
  return [`${done}\n`, ...shown, 'Its README.md lists the other options and says how soon a decision takes effect.\n'];
}
