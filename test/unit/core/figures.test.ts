import assert from 'node:assert/strict';
import { counted, grouped, percent, signed } from '../../../src/core/figures';
import { plural } from '../../../src/core/plural';

describe('figures for people', () => {
  it('show the sign of a difficulty or competence that is not zero', () => {
    assert.deepEqual([0.314, -0.2, 0.001, -0.001].map((value) => signed(value)), ['+0.31', '−0.20', '0.00', '0.00']);
    assert.equal(signed(-0.00004, 4), '0.0000');
  });

  it('set the thousands of a count apart', () => {
    assert.deepEqual([0, 999, 1000, 1234567].map((count) => counted(count)), ['0', '999', '1\u202f000', '1\u202f234\u202f567']);
    assert.deepEqual([1234.5678, 0.001235].map((count) => counted(count)), ['1\u202f234.5678', '0.001235']);
  });

  it('do so in plain text with a space that no editor marks', () => {
    assert.equal(grouped(1234567), '1 234 567');
    assert.equal(plural(12345, 'rollout'), '12 345 rollouts');
    assert.equal(grouped(0.1 + 0.2), '0.3');
  });

  it('give a share in per cent, with a true minus sign below zero', () => {
    assert.deepEqual([percent(0.288), percent(1), percent(-0.0312), percent(0.288, 1)], ['29 %', '100 %', '−3 %', '28.8 %']);
  });
});
