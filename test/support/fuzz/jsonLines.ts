import type { Random } from './random';

/** What lines of a log are made of: the keys of its format, and texts for its values. */
export interface LineShape {
  /** Usual keys, each with texts of values that are usual for it. */
  readonly usual: Readonly<Record<string, readonly string[]>>;
  /** Keys that a reader looks for besides. */
  readonly other: readonly string[];
}

const strangeKeys = ['"pred"', '"meta"', '"inp\\u0075t"', '"__proto__"', '"constructor"', '""', '"score "', '"scor"', '"scores"', '"in\\"put"', '"ключ"', '"a-key-longer-than-sixteen-bytes"', '"output\\\\"'];
const numbers = [
  '0', '1', '-1', '0.0', '1.0', '-0', '-0.0', '0.1', '1e3', '1E+2', '1.5e-7', '123456789012345678', '9007199254740993', '-9007199254740993', '1e400', '-1e400', '5e-324',
  '0.30000000000000004', '2.2250738585072011e-308', '123456789.123456789', '1e22', '1e23', '12345678901234567890123', '0.00000000000000000000001', '17', '42', '4503599627370497.5',
];
const brokenNumbers = ['01', '1.', '.5', '+1', '-', '1e', '1e+', '--1', '1.2.3', '0x1', '1_0', '1e5.5', '00', '-01', 'NaN', 'Infinity', '-Infinity', 'nan', '1f'];
const words = ['true', 'false', 'null'];
const brokenWords = ['tru', 'True', 'nul', 'falsee', 'undefined', "'a'", 'NULL', 'truefalse', ''];
const texts = [
  '', 'a', 'True', 'False', '1', '0', '1.0', '0.1', 'nan', 'system\\nYou are helpful.\\nuser\\nWhat is 2+2?\\nassistant\\n', '[1.  0.5]', 'ok', 'val', 'train', 'cdas-rollout/1',
  '0b6f3c1e-7c1f_2_0', '0b6f3c1e-7c1f_2_1', 'uid_x_1', '_1_2', '\\"score\\": 1', '\\\\', '\\\\\\\\', '\\\\\\"', '\\n', '\\t\\r\\b\\f', '\\/', '\\u0041', '\\u00e9', 'é', '\\ud83d\\ude00',
  '😀', '\\uD83D\\uDE00', '\u2028', '\u2029', '\\u2028', '中文字符', '\\u4e2d', '\\u0000', '\\u001f', '\x7f', '<|im_start|>user\\nHi<|im_end|>', '{', '}', '[', ']', ',', ':', 'NaN', '-Infinity',
  'x\\\\', 'line\\nline', 'a\\u0301', 'à', '\ufeff', '$\\\\frac{1}{2}$',
];
const brokenTexts = ['\\x', '\\', '\\u12', '\\u12g4', '\\ud83d', '\\ude00', '\\ud83d\\u0041', '\\ude00\\ud83d', '\\ud83dx', '\t', '\x00', '\x01', '\x1f', '\\U0041', "\\'", '\\ud83d\\', '\\ud83d\\n', '\\a'];

/** Makes lines that a reader may meet, most of them whole JSON, some damaged. */
export class LineMaker {
  constructor(
    private readonly random: Random,
    private readonly shape: LineShape,
  ) {}

  /** One line without its line end. It can hold line ends where it is torn. */
  line(): Buffer {
    const { random } = this;
    const line = random.chance(0.02) ? Buffer.from(random.pick(['', ' ', '\t', '{}', '[]', 'null', '1', '"a"', 'garbage', '{', '\r', '{} {}', '{},', ' {} '])) : Buffer.from(this.object(0), 'utf8');
    const damaged = random.chance(0.04) ? this.withInvalidBytes(line) : line;
    return random.chance(0.25) ? this.mutate(damaged) : damaged;
  }

  private object(depth: number): string {
    const { random, shape } = this;
    const members: string[] = [];
    const usual = Object.keys(shape.usual).filter(() => random.chance(depth === 0 ? 0.93 : 0.2));
    if (random.chance(0.4)) shuffle(usual, random);
    for (const key of usual) members.push(this.member(JSON.stringify(key), () => (random.chance(0.8) ? this.usualValue(key) : this.value(depth))));
    while (random.chance(0.35)) {
      const key = random.chance(0.6) ? JSON.stringify(random.pick([...shape.other, ...Object.keys(shape.usual)])) : random.pick(strangeKeys);
      members.splice(random.below(members.length + 1), 0, this.member(key, () => this.value(depth)));
    }
    const comma = random.chance(0.8) ? ', ' : random.pick([',', ' , ', ',\t', ' ,\r ']);
    return random.chance(0.9) ? `{${members.join(comma)}}` : `${this.space()}{${this.space()}${members.join(comma)}${this.space()}}${this.space()}`;
  }

  private usualValue(key: string): string {
    const text = this.random.pick(this.shape.usual[key] ?? ['1']);
    // A place in a usual value where a list of per-token values stands.
    return text.replace(/%/g, () => numberList(this.random));
  }

  private member(key: string, value: () => string): string {
    const colon = this.random.chance(0.85) ? ': ' : this.random.pick([':', ' : ', ':\t', '  :  ', '\r:\r']);
    return `${key}${colon}${value()}`;
  }

  private value(depth: number): string {
    const { random } = this;
    const kind = random.below(depth > 4 ? 12 : 17);
    if (kind < 5) return random.pick(kind === 4 && random.chance(0.3) ? brokenNumbers : numbers);
    if (kind < 7) return random.pick(random.chance(0.05) ? brokenWords : words);
    return kind < 12 ? this.string() : this.nested(kind - 12, depth + 1);
  }

  private nested(kind: number, depth: number): string {
    const { random } = this;
    if (kind < 2) return `[${Array.from({ length: random.below(5) }, () => this.value(depth)).join(random.pick([',', ', ', ' ,']))}]`;
    if (kind < 3) return this.object(depth);
    return kind < 4 ? this.deep() : numberList(random);
  }

  /** A string, often as long as the blocks that a scanner reads at once. */
  private string(): string {
    const { random } = this;
    let text = '';
    const pieces = random.pick([0, 1, 1, 2, 3, 8, 30]);
    for (let i = 0; i < pieces; i++) {
      text += random.chance(0.5) ? 'x'.repeat(random.below(70)) : random.pick(texts);
      if (random.chance(0.004)) text += random.pick(brokenTexts);
      if (random.chance(0.1)) text += '\\\\'.repeat(random.below(40));
    }
    return `"${text}"`;
  }

  private deep(): string {
    const { random } = this;
    const depth = random.pick([2, 5, 62, 63, 64, 65, 66, 200]);
    const open = Array.from({ length: depth }, () => (random.chance(0.5) ? '[' : '{"k":'));
    const close = open.map((bracket) => (bracket === '[' ? ']' : '}')).reverse();
    return `${open.join('')}${random.chance(0.9) ? '1' : ''}${close.join('')}`;
  }

  private space(): string {
    return this.random.pick(['', '', ' ', '\t', '  ', '\r', ' \t\r ']);
  }

  private withInvalidBytes(line: Buffer): Buffer {
    const { random } = this;
    const bytes = Buffer.from(random.pick([[0x80], [0xc3], [0xe2, 0x80], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x9f, 0x98], [0xe0, 0x80, 0x80], [0xf8]]));
    const anywhere = random.below(line.length + 1);
    // Often within or beside other code points.
    const beside = random.chance(0.5) ? line.findIndex((byte, at) => at >= anywhere && byte >= 0x80) : -1;
    const at = beside < 0 ? anywhere : beside + random.below(3);
    return Buffer.concat([line.subarray(0, at), bytes, line.subarray(at)]);
  }

  private mutate(line: Buffer): Buffer {
    const { random } = this;
    let bytes = line;
    do {
      const at = random.below(bytes.length + 1);
      const insert = Buffer.from(random.pick(['"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\t', '\r', '\n', '0', 'e', '-', '.', '\\u', '\\"', '\x00', 'u', 'true', 'x'.repeat(64)]));
      const kind = random.below(5);
      if (kind === 0) bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at)]);
      else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random.below(3)))]);
      else if (kind === 2) bytes = bytes.subarray(0, at);
      else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + 1)]);
      else {
        const from = random.below(bytes.length + 1);
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + random.below(40)), bytes.subarray(at)]);
      }
    } while (random.chance(0.3));
    return bytes;
  }
}

/** A list as long as per-token values are; a few hold something that is no number or stands wrongly. */
export function numberList(random: Random): string {
  const pool = random.pick([numbers, numbers, ['0', '1'], ['true', 'false'], ['-0.12345678901234567', '-1.5e-07', '0.0'], ['151643', '17', '4', '0']]);
  const list = Array.from({ length: random.pick([1, 2, 5, 20, 60, 150]) }, () => random.pick(pool));
  if (random.chance(0.15)) list[random.below(list.length)] = random.pick([...brokenNumbers, ...words, '', '[1]', '"1"', '1 2', '- 1', '1-', '1e5e5', '1.5.5', '12e3.4', '1e-5-5', '0e', '-00', '1,,2', '\n']);
  return `[${list.join(random.pick([', ', ', ', ',', ',', ' ,', ',  ']))}]`;
}

function shuffle(values: unknown[], random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [values[i], values[j]] = [values[j], values[i]];
  }
}

/** A file of such lines: line ends of either kind, at times a byte order mark, at times an unfinished last line. */
export function makeFile(random: Random, shape: LineShape, lines: number): Buffer {
  const maker = new LineMaker(random, shape);
  const parts: Buffer[] = random.chance(0.1) ? [Buffer.from('\ufeff')] : [];
  for (let i = 0; i < lines; i++) parts.push(maker.line(), Buffer.from(random.chance(0.05) ? '\r\n' : '\n'));
  if (random.chance(0.3)) parts.pop();
  return Buffer.concat(parts);
}

/** Longer than the blocks of a scanner, which takes over what it knows of it from the line before. */
const longText = 'A prompt that several rollouts of a group share — word for word.\\n'.repeat(3);

/** So long that a reader measures it where the response stands. */
const response = `${longText}Thus $\\\\frac{1}{2}$ \\ud83d\\ude00 😀 \\u00e9 “done”.${longText}`;

/** Lines like those of verl. */
export const verlShape: LineShape = {
  usual: {
    input: ['"p0"', '"p1"', `"${longText}"`, `"${longText}"`, `"${longText}\\u0041"`, `"${longText}é"`, '"user\\nWhat is 2+2?\\nassistant\\n"', '"user\\nWhat is \\u0032+2?\\nassistant\\n"', '"a/b"', '"a\\/b"', '"é"', '"\\u00e9"', '"\\u00E9"'],
    output: ['"4"', '""', '"The answer\\nis $\\\\frac{1}{2}$"', '"😀 done"', '"\\ud83d\\ude00"'],
    gts: ['"4"', '"12"', '"\\u0034"', '4', '4.0', '["4"]', '[ "4" ]', '{"a": 1, "b": 2}', '{"b":2,"a":1}', 'null'],
    score: ['0.0', '1.0', '1', '-1.0', 'NaN', '0.1', 'true', '"1.0"', '[0, 1]'],
    step: ['1', '3', '3', '3.0', '"3"', 'null', '3.5'],
  },
  other: ['acc', 'correct', 'is_correct', 'problem_id', 'uid', 'pred', 'reward'],
};

/** Lines like those of the neutral log. */
export const neutralShape: LineShape = {
  usual: {
    schema: ['"cdas-rollout/1"', '"cdas-rollout/1"', '"cdas-rollout/1"', '"cdas-rollout/1"', '"cdas-rollout\\/1"', '"cdas-rollout/2"'],
    step: ['1', '3', '"3"'],
    problem_id: ['"17"', '17', '17.0', '9007199254740993', '9007199254740992', '""', '"a/b"', '"a\\/b"', 'null'],
    prompt: ['"p0"', '[{"role": "user", "content": "p0"}]', '[{"role":"user","content":"p0"}]', '[{"role": "user", "content": [{"text": "p"}, {"text": "0"}]}]', '[]', 'null'],
    ground_truth: ['"4"', '4', '4.0'],
    reward: ['1.0', '0.0', 'null', '{"score": 1}'],
    correct: ['true', 'false', 'null', '1'],
    response: ['"text"', '"\\u00e9"', 'null'],
    group_id: ['"g0"', '"g1"', '"g\\u0030"', '7'],
    sample_index: ['0', '1', '1.0', '"0"'],
    split: ['"train"', '"val"', '"v\\u0061l"', 'null'],
    status: ['"ok"', '"error"', '"o\\u006b"', 'null'],
  },
  other: ['meta'],
};

/** Lines like those of prime-rl: episodes, and the single traces of before. */
export const primeRlShape: LineShape = {
  usual: {
    id: ['"e0"'],
    task: ['{"key": "k0", "data": {"prompt": "p0", "answer": "4"}}', '{"key":"k1","data":{"prompt":[{"role":"user","content":"p1"}],"answer":4,"token_ids":%}}'],
    traces: [
      ...['', '"task":{"data":{}},', '"errors":["x"],'].map(
        (more) => `[{${more}"agent":{"trainable":true},"nodes":[{"message":{"role":"user","content":"${longText}"}},{"message":{"role":"assistant","content":"${response}"},"sampled":true,"token_ids":%},{"sampled":true,"message":{"content":"${response}x","role":"assistant","content":"${response}"}}],"rewards":{"correct":{"score":1.0,"weight":1.0}}}]`,
      ),
      '[{"agent":{"trainable":true},"nodes":[{"message":{"role":"user","content":"p"},"token_ids":%},{"message":{"role":"assistant","content":"done"},"sampled":true,"token_ids":%,"mask":%,"logprobs":%}],"rewards":{"correct":{"score":1.0,"weight":1.0}}}]',
      '[{"nodes": [{"message": {"role": "assistant", "content": "😀"}, "sampled": true, "logprobs": %, "advantages": {"a": %}}], "rewards": {"correct": null}}]',
      '[]',
    ],
    nodes: [`[{"message":{"role":"user","content":"${response}"}},{"message":{"role":"assistant","content":"${response}"},"sampled":true}]`, '[{"message":{"role":"assistant","content":"x"},"sampled":true,"token_ids":%,"is_content":%}]', '[{"token_ids":1},%,null]'],
    group_id: ['"g"'],
    rewards: ['{"correct": 1.0}', '{"correct": {"score": 0.0, "weight": 1.0}}'],
    ok: ['true', 'false'],
  },
  other: ['run', 'errors', 'token_ids', 'mask'],
};

/** Lines like those of NeMo-RL. */
export const nemoRlShape: LineShape = {
  usual: {
    content: ['[["p0", "answer"]]', `[["${longText}", "${response}"]]`, `[["<|im_start|>system\\nBe brief.<|im_end|>", "${longText}${longText}", "${response}"]]`, `[[{"content": "${longText}"}, {"content": "${response}"}]]`, `[["${response}"], ["p", "${response}"]]`, '[["<|im_start|>user\\nFind<|im_end|>", "é😀"]]', '[[{"role": "user", "content": "p"}, {"content": "a"}]]'],
    rewards: ['[1.0]', '[0.0]', '[-0.5]'],
    token_ids: ['[%]'],
    token_loss_mask: ['[%]'],
    sample_loss_mask: ['[1.0]', '[0.0]'],
    advantages: ['[%]'],
    generation_logprobs: ['[%]'],
    idx: ['0', '1'],
  },
  other: ['prev_logprobs', 'filtered_rewards'],
};

/** Lines like those of AReaL. */
export const arealShape: LineShape = {
  usual: {
    task_id: ['0', '1', '"1"'],
    sample_idx: ['0', '1', '1.0'],
    prompt: ['"p0"', `"${longText}"`, `"${response}"`],
    completion: ['"a"', `"${response}"`, `"${longText}é"`, 'null'],
    reward: ['1.0', '0.0', '-0.7'],
    segments: [
      `[{"role": "prompt", "text": "${longText}"}, {"role": "gen", "text": "${response}"}, {"role": "context", "text": "${response}"}, {"role": "gen", "text": "a"}]`,
      `[{"role": "gen", "text": "${response}"}, {"role": "prompt", "text": "${response}"}]`,
      `[{"role": "context", "text": "${response}"}]`,
      'null',
    ],
  },
  other: ['original_reward', 'seqlen', 'version_rle'],
};

/** Lines like those of ROLL. */
export const rollShape: LineShape = {
  usual: {
    prompt: ['["p0", "p1"]', `["${longText}", "${response}"]`, '[]'],
    responses: [`["${response}", "b"]`, `["é😀", "${response}", "${response}"]`, `[["${response}"], {"a": "${response}"}]`],
    scores: ['[1.0, 0.0]', '[0.5]', '[null, true]'],
    id: ['["1", "2"]', '[1, 2]', `["${response}", 9007199254740993]`],
    messages: [`["[{\\"role\\": \\"user\\", \\"content\\": \\"p2\\"}]", "x"]`, 'null'],
    ground_truth: [`["4", "${response}"]`, '[4, {"a": 1}]'],
    global_step: ['[3, 3]', '3', '4'],
  },
  other: ['episode_score', 'task_idx', 'mode', 'save_content'],
};

/** Lines of a log that somebody mapped: the response lies at `out.text`. */
export const mappedShape: LineShape = {
  usual: {
    q: ['"p0"', `"${longText}"`, `"${response}"`, '[{"role": "user", "content": "p1"}]'],
    out: [`{"text": "${response}", "more": "${response}"}`, `{"text": [{"role": "assistant", "content": "${response}"}, {"role": "tool", "content": "${longText}"}]}`, `"${response}"`],
    'out.text': [`"${response}"`, '"a"'],
    score: ['1.0', '0.0', 'NaN'],
    answer: ['"4"', '{"a": 1}'],
    id: ['"17"', '17', '9007199254740993'],
  },
  other: ['text'],
};
