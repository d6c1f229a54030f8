/** The empty module that `vscode` resolves to in every layer but the extension and its integration tests. */
export {};
