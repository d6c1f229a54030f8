import { contentText } from '../../core/datasetIndex';
import { isRecord } from '../../core/json';
import { lengthOf } from './fieldValues';

/** What the model wrote in a list of messages: all contents whose role is `assistant`; undefined when there is none. */
export function assistantText(messages: readonly unknown[]): string | undefined {
  const texts = assistantTexts(messages);
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

/** Code points of what the model wrote in a list of messages: all contents whose role is `assistant`; null when there is none. */
export function assistantLength(messages: readonly unknown[]): number | null {
  const texts = assistantTexts(messages);
  return texts.length === 0 ? null : texts.reduce((sum, text) => sum + (lengthOf(text) ?? 0), 0);
}

function assistantTexts(messages: readonly unknown[]): readonly string[] {
  return messages
    .filter(isRecord)
    .filter((message) => message['role'] === 'assistant')
    .map((message) => contentText(message['content']) ?? '');
}

/** A property `response` for what may be a text. */
export function responseIn(text: unknown): { readonly response?: string } {
  return typeof text === 'string' ? { response: text } : {};
}
