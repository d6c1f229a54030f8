import assert from 'node:assert/strict';
import { userTextCandidates } from '../../../src/core/promptText';

const question = 'What is 15% of 80?';

describe('the user message of a templated prompt', () => {
  for (const [template, prompt] of [
    ['ChatML with its tokens', `<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`],
    ['ChatML without its tokens', `system\nBe brief.\nuser\n${question}\nassistant\n`],
    ['ChatML without a system block', `user\n${question}\nassistant\n`],
    ['ChatML with a thinking prompt', `user\n${question}\nassistant\n<think>\n`],
    ['ChatML with an empty thought', `user\n${question}\nassistant\n<think>\n\n</think>\n\n`],
    ['Llama 3 with its tokens', `<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n${question}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n`],
    ['Llama 3 without its tokens', `user\n\n${question}assistant\n\n`],
    ['Gemma without its tokens', `user\n${question}\nmodel\n`],
    ['Gemma with its tokens', `<bos><start_of_turn>user\n${question}<end_of_turn>\n<start_of_turn>model\n`],
    ['DeepSeek with its tokens', `<｜begin▁of▁sentence｜><｜User｜>${question}<｜Assistant｜>`],
    ['Mistral', `<s>[INST] ${question} [/INST]`],
    ['Mistral with an answer that was begun', `[INST] ${question} [/INST] Let me`],
    ['no template', `${question}\n`],
  ] as const) {
    it(`is found first in ${template}`, () => {
      assert.equal(userTextCandidates(prompt)[0], question);
    });
  }

  it('offers the Llama cut where the system text runs into the header', () => {
    assert.ok(userTextCandidates(`system\n\nCutting Knowledge Date: December 2023\n\nBe brief.user\n\n${question}assistant\n\n`).includes(question));
  });

  it('is the last user turn where markers tell the turns apart', () => {
    const turn = (role: string, text: string): string => `<|im_start|>${role}\n${text}<|im_end|>\n`;
    const prompt = `${turn('user', 'Hello')}${turn('assistant', 'Hi')}${turn('user', question)}<|im_start|>assistant\n`;
    assert.equal(userTextCandidates(prompt)[0], question);
  });

  it('offers the last turn too where no markers are left', () => {
    assert.ok(userTextCandidates(`user\nHello\nassistant\nHi\nuser\n${question}\nassistant\n`).includes(question));
  });

  it('keeps role words inside a question', () => {
    const tricky = 'Who is the user\nin this story?\nassistant';
    assert.ok(userTextCandidates(`system\nBe brief.\nuser\n${tricky}\nassistant\n`).includes(tricky));
  });

  it('ends for text made of headers only', () => {
    assert.ok(userTextCandidates('user\n'.repeat(10_000)).length <= 20);
  });
});
