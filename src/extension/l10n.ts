/** What a message may carry in its `{0}`, `{1}` … */
export type MessageArgument = string | number;

/**
 * The texts of the parts that know no VS Code. At activation `t` becomes `vscode.l10n.t`; until then, and in unit
 * tests, messages come out in English.
 */
export const l10n: { t: (message: string, ...args: MessageArgument[]) => string } = { t: english };

function english(message: string, ...args: MessageArgument[]): string {
  return message.replace(/\{(\d+)\}/g, (whole, index: string) => {
    const value = args[Number(index)];
    return value === undefined ? whole : String(value);
  });
}
