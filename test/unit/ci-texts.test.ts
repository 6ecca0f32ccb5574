import { describe, expect, test } from 'vitest';
import { describeBranch, failureMarkdown } from '../../src/ci/description.pure.js';
import { JobOutput, tellFailure } from '../../src/ci/failure.js';
import { likelyCause } from '../../src/ci/likely.pure.js';
import type { CiRecord } from '../../src/ci/record.js';
import { EXIT, WmsError } from '../../src/errors.js';
import { mask, secretsOf } from '../../src/mask.pure.js';
import { silentReporter } from '../support/silent-reporter.js';

const NOW = { at: new Date(0), run: null };
const CANARY = 'canarySecret/0123456789+abc';
const EVIL = '"$(touch x)" `id`\n<img src=x onerror=1> @team #1 [a](http://b) | </pre>';

const record: CiRecord = {
  version: 1,
  branch: 'data/20261121-101500',
  check: null,
  failure: null,
  training: null,
  verdict: null,
  pictures: null,
  finishedAt: null,
};
const target = {
  remote: 'origin',
  branch: record.branch,
  tip: 'a'.repeat(40),
  into: 'main',
  base: 'b'.repeat(40),
};
const counts = { existing: 48, new: 1, replaced: 0, removed: 0, renamed: 0, total: 49 };
const rules = { firstModel: 'promote', minDelta: 0, requireSignificant: false } as const;
const describeIt = (changes: Partial<CiRecord>) =>
  describeBranch(target, counts, { ...record, ...changes }, rules);

describe('what is secret', () => {
  test('is what variables say by their names, and what looks like it', () => {
    const secrets = secretsOf({
      AWS_SECRET_ACCESS_KEY: CANARY,
      MLFLOW_TRACKING_PASSWORD: 'short',
      GITHUB_TOKEN: `${CANARY}-longer`,
      HOME: '/home/canary',
    });
    expect(secrets).toEqual(expect.arrayContaining([`${CANARY}-longer`, CANARY, encodeURIComponent(CANARY)]));
    const text = `a ${CANARY}-longer b ${CANARY} c https://ana:pw@host/x https://${encodeURIComponent(CANARY)}@h http://tok@h ssh://git@h ASIA0123456789ABCDEF ghp_0123456789abcdefghij /home`;
    expect(mask(text, secrets)).toBe(
      'a *** b *** c https://***@host/x https://***@h http://***@h ssh://git@h *** *** /home',
    );
  });

  test('is in no part of a failure that others read', () => {
    const output = new JobOutput();
    const reporter = output.listening(silentReporter());
    reporter.step('Upload').failed(CANARY);
    output.push(`export KEY=${CANARY}\n`);
    const error = new WmsError({
      kind: 'x',
      code: EXIT.network,
      what: CANARY,
      why: CANARY,
      next: `run ${CANARY}`,
    });
    const failure = tellFailure('train', error, output, [CANARY], NOW);
    expect(JSON.stringify(failure)).not.toContain('canary');
    expect(failure.lines).toEqual(['✖ Upload  ***', 'export KEY=***']);
    expect(describeIt({ failure }).body).not.toContain('canary');
  });
});

describe('what others wrote', () => {
  const harmless = (text: string) => {
    expect(text).not.toMatch(/<(?!\/?(details|summary|code|pre)>|!-- -->)/);
    expect(text).not.toContain('</pre>"');
    expect(text).not.toContain('@team');
    expect(text).not.toContain('](http');
    expect(text).not.toContain('`id`');
  };

  test('shows as text in a failure', () => {
    const output = new JobOutput();
    output.push(`${EVIL}\n`);
    const error = new WmsError({ kind: 'x', code: EXIT.images, what: EVIL, why: EVIL, next: EVIL });
    const text = failureMarkdown(tellFailure('check', error, output, [], NOW));
    harmless(text);
    expect(text.match(/<pre>/g)).toHaveLength(2);
  });

  test('shows as text in names of warnings and of the smoke test', () => {
    const check = {
      tip: target.tip,
      objects: 2,
      warnings: [{ path: EVIL, message: EVIL }],
      smoke: { model: EVIL, images: 1, medianDice: 0.5, lowestDice: 0.5, lowest: EVIL },
    };
    harmless(describeIt({ check }).body);
  });
});

test('a failure says the job, the reason, what usually is behind it, the next command and 30 lines', () => {
  const output = new JobOutput();
  for (let line = 1; line <= 40; line++) output.push(`line ${line}\n`);
  output.push('CUDA out of memory\n');
  const error = new WmsError({
    kind: 'train/failed',
    code: EXIT.usage,
    what: 'It ended with 1.',
    next: 'Look.',
  });
  const failure = tellFailure('train', error, output, [], NOW);
  expect(failure.lines).toHaveLength(30);
  expect(failure.lines.at(-1)).toBe('CUDA out of memory');
  const { body, labels } = describeIt({ failure });
  expect(labels).toEqual(['dataset']);
  expect(body).toContain('<code>train</code> failed (exit code 2)');
  expect(body).toContain('Likely: The machine has too little memory');
  expect(body).toContain('<code>npx wms ci train</code>');
});

test('counts are in title and table', () => {
  const { title, body, head, base } = describeIt({});
  expect({ title, head, base }).toEqual({
    title: 'data: 1 new (49 pairs in total)',
    head: record.branch,
    base: 'main',
  });
  expect(body).toContain('| 48 | 1 | 0 | 0 | 0 | 49 |');
});

test.each([
  ['ModuleNotFoundError: No module named torch', /not installed/],
  ['OSError: [Errno 28] No space left on device', /disk is full/],
  ['HTTP 503 Service Unavailable', /SQLite/],
  ['with an explicit deny in an identity-based policy', /Academy/],
  ['GH006: Protected branch update failed', /protects the branch/],
])('%s', (text, cause) => {
  expect(likelyCause(text)).toMatch(cause);
  expect(likelyCause('all is well')).toBeNull();
});
