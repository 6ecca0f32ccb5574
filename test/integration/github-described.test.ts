import { expect, test } from 'vitest';
import { DESCRIPTION, describedAnswer, describedOperation } from '../support/github-server/described.js';
import { routesOfClient } from '../support/github-server/routes-of-client.js';

const PULLS = '/repos/team/meters/pulls';
const none = new URLSearchParams();

test('what the client calls is what is cut out of GitHub’s description, no more and no less', async () => {
  expect(Object.keys(DESCRIPTION.operations).sort()).toEqual(await routesOfClient());
});

test('requests that GitHub does not describe are refused', () => {
  const draft = { head: 'a', base: 'main', title: 't', body: 'b' };
  expect(() => describedOperation('POST', PULLS, none, draft)).not.toThrow();
  for (const [method, path, query, body] of [
    ['DELETE', PULLS, '', null],
    ['GET', `${PULLS}/1/unknown`, '', null],
    ['GET', PULLS, 'state=sleeping', null],
    ['GET', PULLS, 'heads=a', null],
    ['GET', `${PULLS}/one`, '', null],
    ['POST', PULLS, '', { ...draft, base: undefined }],
    ['POST', PULLS, '', { ...draft, labels: ['data'] }],
    ['PUT', `${PULLS}/1/merge`, '', { sha: 'a', merge_method: 'fast' }],
  ] as const)
    expect(
      () => describedOperation(method, path, new URLSearchParams(query), JSON.parse(JSON.stringify(body))),
      `${method} ${path} ${query}`,
    ).toThrow('GitHub does not describe this');
});

test('so are answers of the fake that GitHub would not give', () => {
  const pull = describedOperation('GET', `${PULLS}/1`, none, null);
  expect(describedAnswer(pull, { number: 1, user: { login: 'ana' } })).toBe(200);
  for (const answer of [{ number: 'one' }, { numbr: 1 }, { user: 'ana' }])
    expect(() => describedAnswer(pull, answer)).toThrow('GitHub does not describe this');
});
