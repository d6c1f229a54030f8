import type { PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { ByteSource } from './byteSource';
import { checkThrift } from './thriftCheck';

/** A page's header, and where its bytes begin. */
export interface FoundPage {
  readonly header: PageHeader;
  readonly at: number;
}

/** A header is sought in so many bytes at first, then in more. */
const usualBytes = 1 << 12;
const maxBytes = 1 << 24;

/** The header of the page that begins at a place of a chunk. Throws an Error where there is none, or it cannot be. */
export function pageHeaderAt(source: ByteSource, place: number, end: number): FoundPage {
  for (let length = usualBytes; ; length *= 8) {
    const bytes = source.peek(place, Math.min(end - place, length));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      const at = place + checkThrift(view);
      const header = parquetHeader({ view, offset: 0 });
      if (!areSizes(sizesOf(header)) || at + header.compressed_page_size > end) throw new Error('one of its pages is cut off or damaged');
      return { header, at };
    } catch (error) {
      if (!(error instanceof RangeError) || bytes.length < length || length > maxBytes) throw error;
    }
  }
}

/** What a header says of a page of values. Throws an Error where it is that of another kind of page. */
export function valuesOf({ data_page_header: first, data_page_header_v2: second }: PageHeader): { readonly num_values: number; readonly encoding: string } {
  const values = first ?? second;
  if (values === undefined || !areSizes([values.num_values])) throw new Error('one of its pages is damaged or of an unknown kind');
  return values;
}

function sizesOf({ compressed_page_size: packed, uncompressed_page_size: unpacked, data_page_header_v2: second, dictionary_page_header: dictionary }: PageHeader): readonly number[] {
  const levels = second === undefined ? [0] : [second.repetition_levels_byte_length, second.definition_levels_byte_length];
  // Levels are never packed.
  const rest = [packed, unpacked].map((size) => size - levels.reduce((sum, length) => sum + length));
  return [...levels, ...rest, dictionary?.num_values ?? 0];
}

function areSizes(sizes: readonly number[]): boolean {
  return sizes.every((size) => Number.isInteger(size) && size >= 0);
}
