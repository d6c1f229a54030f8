/** So much stays of a text and of a list. */
const keptBytes = 4096;
const keptElements = 16;
/** Of a line that has more even so no outline is made, nor of one that is nested deeper. */
const maxBytes = 1 << 23;
const maxDepth = 1000;
const [quoteByte, backslash, letterU, comma, openBrace, newline] = [0x22, 0x5c, 0x75, 0x2c, 0x7b, 0x0a];
/** What `escaped` is right after a backslash. */
const afterBackslash = 5;

/**
 * Shortens a line of JSON as it comes: of long texts and lists only the beginning stays, so that what remains has the
 * shape of the line and is parsed in little memory.
 */
export class JsonOutline {
  /** Set once the object has ended, or the line is none that an outline is made of. */
  isDone = false;
  private out = Buffer.allocUnsafe(1 << 16);
  private length = 0;
  /** For each bracket that is open how many elements its list has so far; -1 for an object. */
  private readonly open: number[] = [];
  /** How many brackets were open where the rest of a list began that is left out; 0 where nothing is. */
  private leftOut = 0;
  private inText = false;
  private isCut = false;
  private textBytes = 0;
  /** Bytes of an escape that are still to come. */
  private escaped = 0;

  /** The outline; null while the object has not ended, or where it has none. */
  get bytes(): Buffer | null {
    return this.isDone && this.open.length === 0 && this.length > 0 ? this.out.subarray(0, this.length) : null;
  }

  /** Takes the next bytes of the line. */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.isDone; at++) {
      const byte = bytes[at] ?? 0;
      if (this.inText) this.passText(byte);
      else if (this.length > 0) this.passMark(byte);
      else this.begin(byte);
    }
  }

  private begin(byte: number): void {
    // White space, and the byte order mark.
    if (byte <= 0x20 || byte >= 0x80) return;
    if (byte === openBrace) this.passMark(byte);
    else this.isDone = true;
  }

  private passText(byte: number): void {
    const begins = this.escaped === 0 && (byte & 0xc0) !== 0x80;
    if (this.escaped === afterBackslash) this.escaped = byte === letterU ? 4 : 0;
    else if (this.escaped > 0) this.escaped--;
    else if (byte === backslash) this.escaped = afterBackslash;
    else this.inText = byte !== quoteByte;
    this.isCut ||= begins && this.textBytes >= keptBytes;
    this.textBytes++;
    if (!this.isCut || !this.inText) this.put(byte);
  }

  private passMark(byte: number): void {
    // Braces and brackets differ in one bit.
    const bracket = byte & ~0x20;
    if (byte === quoteByte) this.beginText();
    else if (bracket === 0x5b) this.open.push(byte === openBrace ? -1 : 0);
    else if (bracket === 0x5d) this.close();
    else if (byte === comma) this.nextElement();
    this.put(byte);
    this.isDone ||= this.open.length === 0 || this.open.length > maxDepth || byte === newline;
  }

  private beginText(): void {
    this.inText = true;
    this.isCut = false;
    this.textBytes = 0;
  }

  private close(): void {
    if (this.leftOut === this.open.length) this.leftOut = 0;
    this.open.pop();
  }

  private nextElement(): void {
    const last = this.open.length - 1;
    const elements = this.open[last] ?? -1;
    if (elements < 0) return;
    this.open[last] = elements + 1;
    if (this.leftOut === 0 && elements + 1 === keptElements) this.leftOut = this.open.length;
  }

  private put(byte: number): void {
    if (this.leftOut > 0) return;
    if (this.length === this.out.length) this.out = Buffer.concat([this.out], 2 * this.length);
    this.out[this.length++] = byte;
    this.isDone ||= this.length === maxBytes;
  }
}
