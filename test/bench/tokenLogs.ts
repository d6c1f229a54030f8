import { Random } from '../support/fuzz/random';
import { fragments } from './texts';

/** What a row of a log with per-token values says. */
interface TokenRow {
  readonly problem: number;
  readonly step: number;
  readonly correct: boolean;
}

/** Writes the groups of a log, one line for each rollout. */
export interface GroupWriter {
  group(step: number): Buffer[];
}

const groupSize = 8;
const promptTokens = 120;
/** So many lists are made once and used again and again. */
const poolSize = 40;

/** Rows with lists that hold a value for every token, which is most of their bytes. */
abstract class TokenWriter implements GroupWriter {
  protected readonly random: Random;
  protected readonly texts: readonly string[];
  private problem = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.texts = fragments('maths', this.random, 2000).map((text) => JSON.stringify(text).slice(1, -1));
  }

  group(step: number): Buffer[] {
    const problem = this.problem++;
    return Array.from({ length: groupSize }, () => this.row({ problem, step, correct: this.random.chance(0.5) }));
  }

  protected abstract row(row: TokenRow): Buffer;

  protected text(characters: number): string {
    let text = '';
    while (text.length < characters) text += this.random.pick(this.texts);
    return text;
  }

  protected pool(length: number, separator: string, value: () => string): string[] {
    return Array.from({ length: poolSize }, () => `[${Array.from({ length }, value).join(separator)}]`);
  }
}

/** prime-rl's episodes as orjson writes them: no spaces. */
export class PrimeRlWriter extends TokenWriter {
  private readonly answerTokens = 1500;
  private readonly lists = {
    ids: this.pool(this.answerTokens, ',', () => String(this.random.below(151_643))),
    logprobs: this.pool(this.answerTokens, ',', () => String(-this.random.next())),
    promptIds: this.pool(promptTokens, ',', () => String(this.random.below(151_643))),
  };
  private readonly all = (length: number, word: string): string => `[${Array<string>(length).fill(word).join(',')}]`;
  private readonly words = {
    answer: this.all(this.answerTokens, 'true'),
    prompt: this.all(promptTokens, 'false'),
    zeros: this.all(promptTokens, '0.0'),
  };

  protected row({ problem, step, correct }: TokenRow): Buffer {
    const { lists, random, words } = this;
    const prompt = `Problem ${problem}. ${this.texts[problem % this.texts.length] ?? ''}`;
    const task = `{"type":"Maths","data":{"idx":${problem},"prompt":"${prompt}","answer":"${problem % 1000}"},"key":"k${problem}","hash":"k${problem}"}`;
    const asked = `{"message":{"role":"user","content":"${prompt}"},"sampled":false,"token_ids":${random.pick(lists.promptIds)},"mask":${words.prompt},"is_content":${words.prompt},"logprobs":${words.zeros}}`;
    const answered = `{"parent":0,"message":{"role":"assistant","content":"${this.text(this.answerTokens * 4)}"},"sampled":true,"token_ids":${random.pick(lists.ids)},"mask":${words.answer},"is_content":${words.answer},"logprobs":${random.pick(lists.logprobs)}}`;
    const trace = `{"version":1,"id":"t${random.below(1e9)}","agent":{"config":{},"name":"agent","trainable":true},"nodes":[${asked},${answered}],"rewards":{"correct":{"score":${correct ? '1.0' : '0.0'},"weight":1.0}},"metrics":{"num_turns":1.0},"is_completed":true,"ok":true}`;
    return Buffer.from(`{"id":"e${random.below(1e9)}","env":{"id":"maths","name":"maths"},"task":${task},"group":{"id":"g${problem}"},"run":{"type":"train","work":{"type":"train","step":${step}}},"ok":true,"errors":[],"traces":[${trace}]}\n`);
  }
}

/** NeMo-RL's rows as Python's json.dumps writes them, every list padded to the longest. */
export class NemoRlWriter extends TokenWriter {
  private readonly tokens = 4096;
  private readonly lists = {
    ids: this.pool(this.tokens, ', ', () => String(this.random.below(151_643))),
    logprobs: this.pool(this.tokens, ', ', () => String(-this.random.next() / 10)),
    mask: this.pool(this.tokens, ', ', () => (this.random.chance(0.9) ? '1' : '0')),
    advantages: this.pool(this.tokens, ', ', () => '0.7071067690849304'),
  };

  protected row({ problem, correct }: TokenRow): Buffer {
    const { lists, random } = this;
    const content = `[["<|im_start|>user\\nProblem ${problem}. ${this.texts[problem % this.texts.length] ?? ''}<|im_end|>\\n<|im_start|>assistant\\n", "${this.text(this.tokens * 3)}"]]`;
    const ascii = content.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const tokens = `"token_ids": [${random.pick(lists.ids)}], "token_loss_mask": [${random.pick(lists.mask)}], "sample_loss_mask": [1.0], "advantages": [${random.pick(lists.advantages)}]`;
    const logprobs = `"generation_logprobs": [${random.pick(lists.logprobs)}], "prev_logprobs": [${random.pick(lists.logprobs)}]`;
    return Buffer.from(`{"content": ${ascii}, "rewards": [${correct ? '1.0' : '0.0'}], "input_lengths": [${this.tokens}], ${tokens}, ${logprobs}, "idx": 0}\n`);
  }
}
