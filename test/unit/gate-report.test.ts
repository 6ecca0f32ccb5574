import { describe, expect, it } from 'vitest';
import { verdictMarkdown } from '../../src/model/gate/markdown.pure.js';
import { renderGatePage } from '../../src/model/gate/page.js';
import { describeVerdict } from '../../src/model/gate/text.pure.js';
import type { Verdict } from '../../src/model/verdict.js';
import { scoredModel, verdict } from '../support/verdicts.js';

const EVIL = '<script>`|**@team #1 ![x](http://evil)_\n.jpg';
const UNDECIDED: Partial<Verdict> = {
  decision: 'undecided',
  candidate: null,
  baseline: null,
  comparison: null,
};
const evil = () =>
  verdict({
    reasons: [EVIL],
    next: EVIL,
    candidate: scoredModel({ name: EVIL, reported: { dice: 0.99, iou: 0.98 } }),
    comparison: { ...verdict().comparison!, worst: [{ name: EVIL, before: 0.9, after: 0.1 }] },
  });

describe('in a terminal', () => {
  it('the outcome comes after the numbers that it rests on', () => {
    const lines = describeVerdict(verdict({ next: 'npx wms model promote out/model.onnx' }));
    expect(lines[0]).toMatch(/^ +Production +candidate +difference +90 % interval$/);
    expect(lines[1]).toMatch(/^ {2}Dice, native size +0\.7000 +0\.8000 +\+0\.1000 +\+0\.0400 … \+0\.1600$/);
    expect(lines.join('\n')).toContain(
      '12 test images: 10 better, 1 worse, 1 equal (Dice); native size decides',
    );
    expect(lines).toContain('    0.90 → 0.40  meter_0007.jpg');
    expect(lines.slice(-3)).toEqual([
      '✔ Better than Production.',
      `  ${verdict().reasons[0]}`,
      '→ npx wms model promote out/model.onnx',
    ]);
  });

  it('says what was compared', () => {
    const file = scoredModel({ name: 'old.onnx' });
    expect(describeVerdict(verdict({ decision: 'not-better', baseline: file }))).toContain(
      '✖ Not better than the baseline.',
    );
    const first = describeVerdict(verdict({ decision: 'first', baseline: null, comparison: null }));
    expect(first[0]?.trim()).toBe('candidate');
    expect(first).toContain('✔ The first model.');
    expect(describeVerdict(verdict({ ...UNDECIDED, reasons: ['Why.'] }))).toEqual([
      '✖ Cannot be decided.',
      '  Why.',
    ]);
  });

  it('shows where the trainer disagrees, and is quiet where not', () => {
    const told = (dice: number) =>
      describeVerdict(verdict({ candidate: scoredModel({ reported: { dice, iou: 0.71 } }) })).join('\n');
    expect(told(0.9)).toContain('The trainer of out/model.onnx reported Dice 0.9000 where we measure 0.8100');
    expect(told(0.82)).not.toContain('trainer');
    expect(told(Number.NaN)).toContain('trainer');
  });
});

describe('as a comment', () => {
  it('has verdict, numbers, rule and the images that got worst', () => {
    const text = verdictMarkdown(verdict());
    expect(text).toMatch(/^### ✅ Better than Production\n/);
    expect(text).toContain('| **Dice, native size** | 0.7000 | 0.8000 | +0.1000 | +0.0400 … +0.1600 |');
    expect(text).toContain('| <code>meter&#95;0007.jpg</code> | 0.900 | 0.400 |');
    expect(text).toContain('Mean Dice and mean IoU higher than Production’s');
    expect(text).toContain('a'.repeat(32));
  });

  it('never looks like a pass without one', () => {
    expect(verdictMarkdown(verdict({ decision: 'not-better' }))).toMatch(/^### ❌ Not better/);
    expect(verdictMarkdown(verdict(UNDECIDED))).toMatch(/^### ❔ Cannot be decided/);
  });

  it('takes no markup, mention or link from names', () => {
    const text = verdictMarkdown(evil());
    expect(text).not.toContain('<script');
    expect(text).not.toContain('@team');
    expect(text).not.toContain('![x]');
    expect(text).not.toContain('http://evil');
    expect(text).not.toMatch(/(?<!\\)[`*]{2}@|(?<!\\)`/);
    const rows = text.split('\n').filter((line) => line.startsWith('| <code>'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.match(/\|/g)).toHaveLength(4);
  });
});

describe('as a page', () => {
  const image = { name: EVIL, candidate: { dice: 0.2, iou: 0.1 }, baseline: { dice: 0.9, iou: 0.8 } };
  const page = (changes: Partial<Verdict> = {}) =>
    renderGatePage({
      verdict: { ...evil(), ...changes },
      images: [image],
      drawn: [{ ...image, jpeg: Buffer.from('picture') }],
    });

  it('asks nothing of any network, runs no script, and escapes every name', () => {
    expect(page()).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(page()).not.toMatch(/<script|<link|src="(?!data:image\/jpeg;base64,)/);
    expect(page()).toContain('&lt;script&gt;');
  });

  it('shows losses apart from gains', () => {
    expect(page()).toContain('Biggest losses');
    expect(page()).not.toContain('Biggest gains');
    expect(page()).toContain('0.90 → <span class="loss">0.20</span>');
    expect(page()).toContain(Buffer.from('picture').toString('base64'));
  });

  it('says why there is nothing to show', () => {
    const empty = renderGatePage({
      verdict: verdict({ ...UNDECIDED, reasons: ['No answer.'] }),
      images: [],
      drawn: [],
    });
    expect(empty).toContain('Cannot be decided');
    expect(empty).toContain('No answer.');
    expect(empty).not.toContain('<img');
  });
});
