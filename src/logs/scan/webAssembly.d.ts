/** As much of WebAssembly as the scanner uses: Node has it, but its types leave it to those of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array<ArrayBuffer>);
    private readonly module: never;
  }
  class Instance {
    constructor(module: Module);
    readonly exports: object;
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  function validate(code: Uint8Array<ArrayBuffer>): boolean;
}
