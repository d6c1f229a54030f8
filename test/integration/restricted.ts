import assert from 'node:assert/strict';
import { workspace } from 'vscode';

/** What holds in a workspace that the user has not trusted. */
export function defineRestrictedTests(): void {
  describe('Restricted Mode', () => {
    it('is in force', () => {
      assert.equal(workspace.isTrusted, false);
    });
  });
}
