import type { Random } from '../support/fuzz/random';

/** Texts as models write them; what matters to a reader of JSON is how often they have to be escaped. */
export type TextKind = 'maths' | 'code' | 'cjk';

const nouns = ['number', 'value', 'sum', 'ratio', 'triangle', 'angle', 'sequence', 'remainder', 'polynomial', 'root', 'function', 'vector', 'matrix', 'probability', 'set', 'circle', 'integer', 'factor'];
const verbs = ['gives', 'equals', 'implies', 'becomes', 'divides', 'exceeds', 'contains', 'satisfies', 'yields', 'determines'];
const joints = ['So', 'Now', 'Then', 'Wait,', 'Hence', 'Therefore', 'Let me check:', 'Since', 'Alternatively,', 'But'];
const formulas = ['\\frac{%}{%}', '\\sqrt{%}', '\\sum_{k=1}^{%} k', '\\binom{%}{%}', '% \\cdot %', '% \\equiv % \\pmod{%}', '\\left(% + %\\right)', '% \\leq %', '\\text{area} = %', '\\log_{%} %'];
const rare = ['“clear”', 'naïve', '√2 ≈ 1.414', '→', '≤', 'line\u2028separator', '😀', 'β'];
const cjk = '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严龙飞';

/** Fragments of one kind of text, each some 40 to 200 characters long. */
export function fragments(kind: TextKind, random: Random, count: number): string[] {
  const make = { maths: mathsFragment, code: codeFragment, cjk: cjkFragment }[kind];
  return Array.from({ length: count }, () => make(random));
}

function mathsFragment(random: Random): string {
  const formula = (): string => random.pick(formulas).replace(/%/g, () => String(random.below(200)));
  const words = `${random.pick(joints)} the ${random.pick(nouns)} ${random.pick(verbs)} $${formula()}$ and the ${random.pick(nouns)} is $${formula()}$`;
  const more = random.chance(0.12) ? ` ${random.pick(rare)}` : random.chance(0.22) ? ` "${random.pick(nouns)}"` : '';
  return `${words}${more}.${random.chance(0.45) ? '\n' : random.chance(0.1) ? '\n\n' : ' '}`;
}

function codeFragment(random: Random): string {
  const name = (): string => `${random.pick(nouns)}_${random.below(30)}`;
  const indent = ' '.repeat(4 * random.below(4));
  return random.pick([
    () => `${indent}def ${name()}(${name()}, ${name()}):\n`,
    () => `${indent}    ${name()} = ${name()}["${name()}"] + ${random.below(1000)}\n`,
    () => `${indent}    print("${name()}: %d\\n" % ${name()})\n`,
    () => `${indent}    if ${name()} == "${name()}": return "${name()}"\n`,
    () => `${indent}\t# ${random.pick(joints)} the ${random.pick(nouns)} ${random.pick(verbs)} "${name()}"\n`,
    () => `${indent}    assert ${name()} <= ${random.below(100)}, "${name()} is wrong"\n`,
  ])();
}

function cjkFragment(random: Random): string {
  let text = '';
  const length = 15 + random.below(40);
  for (let i = 0; i < length; i++) text += cjk[random.below(cjk.length)] ?? '的';
  return random.chance(0.3) ? `${text}$\\frac{${random.below(9)}}{${random.below(9)}}$。\n` : `${text}，`;
}
