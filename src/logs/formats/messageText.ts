import { contentText } from '../../core/datasetIndex';
import { isRecord } from '../../core/json';
import { lengthOf } from './fieldValues';

/** Code points of what the model wrote in a list of messages: all contents whose role is `assistant`; null when there is none. */
export function assistantLength(messages: readonly unknown[]): number | null {
  const lengths = messages
    .filter(isRecord)
    .filter((message) => message['role'] === 'assistant')
    .map((message) => lengthOf(contentText(message['content'])) ?? 0);
  return lengths.length === 0 ? null : lengths.reduce((sum, length) => sum + length, 0);
}
