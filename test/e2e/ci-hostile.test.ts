import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastOutcome } from '../support/bad-push.js';
import { ciMachine, makeCiTeam, meters, publish } from '../support/ci-team.js';
import { refuseOnRemote } from '../support/promoted-models.js';
import { commitFiles, git, makeDirectory } from '../support/scratch.js';
import { dataBranches, joinTeam, makeTeam, push, wms } from '../support/team.js';

const SECRET = 'canary+0123456789/abcdef';
const PASSWORD = 'canary-of-the-address';
const HOSTILE = `a"b'$(touch owned)\`touch owned\`;&|<img src=x onerror=1> [x](y) @everyone #1`;

/** What is kept below a directory, as one text; without photos, models and what the trainer itself printed. */
function keptBelow(root: string): string {
  const isOurs = (path: string) => !/\.(jpg|png|onnx|log)$|^files\/md5\//.test(path);
  const paths = readdirSync(root, { recursive: true }).map(String).filter(isOurs);
  const files = paths.filter((path) => statSync(join(root, path)).isFile());
  return files.map((path) => `${path}\n${readFileSync(join(root, path), 'utf8')}`).join('\n');
}

/** Every file of the refs that the machine keeps on the remote, as one text. */
async function toldOnRemote(remote: string): Promise<string> {
  const refs = await git(remote, 'for-each-ref', '--format=%(refname)', 'refs/wms');
  const texts: string[] = [];
  for (const ref of refs.split('\n').filter(Boolean)) {
    for (const path of (await git(remote, 'ls-tree', '-r', '--name-only', ref)).split('\n'))
      texts.push(await git(remote, 'show', `${ref}:${path}`));
    texts.push(await git(remote, 'log', '--format=%B', ref));
  }
  return texts.join('\n');
}

test('names and secrets of others: nothing is run, nothing is markup, nothing leaks', async () => {
  const team = await makeCiTeam();
  const clone = await joinTeam(team);
  await git(clone, 'config', 'user.name', HOSTILE.replaceAll('<', '').replaceAll('>', ''));
  await commitFiles(clone, {
    'train.sh': `#!/bin/sh
echo "token is $TEAM_API_TOKEN, $0"
git ls-remote "https://ana:${PASSWORD}@127.0.0.1:1/x" >&2
[ -e "$FAIL" ] && exit 3
here=$(dirname "$0")/weights
cp "$here/weak.onnx" "$WMS_OUTPUT_DIR/model.onnx"
cp "$here/model.json" "$WMS_OUTPUT_DIR/model.json"
`,
  });
  await commitFiles(clone, { 'notes.txt': 'x' }, `${HOSTILE}\n\n<script>alert(1)</script>`);
  const drawn = await meters(1, 25);
  const files = Object.fromEntries(
    Object.entries(drawn).map(([path, bytes]) => [path.replace('meter_1.', `${HOSTILE}.`), bytes]),
  );
  const branch = await publish(team, clone, files);
  const machine = await ciMachine(team, branch);
  const summary = join(makeDirectory(), 'summary.md');
  const env = {
    TEAM_API_TOKEN: SECRET,
    GITHUB_STEP_SUMMARY: summary,
    FAIL: summary.replace('summary.md', ''),
  };
  const failed = await wms(machine, ['run-pipeline'], env);
  expect(failed.exitCode, failed.stderr).toBe(3);
  const told = await toldOnRemote(team.remote);
  for (const place of [join(machine, '.git/wms'), join(machine, 'runs'), team.store]) {
    expect(keptBelow(place), place).not.toContain(SECRET);
    expect(keptBelow(place), place).not.toContain(PASSWORD);
  }
  const notes = readdirSync(join(team.store, 'wms/ci/data')).map((name) =>
    join(team.store, 'wms/ci/data', name),
  );
  expect(notes).toHaveLength(1);
  const kept = notes.map((note) => readFileSync(note, 'utf8')).join('\n');
  expect(kept).toContain('token is ***');
  for (const text of [told, readFileSync(summary, 'utf8'), kept]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(PASSWORD);
  }
  const body = await git(team.remote, 'show', `refs/wms/pr/${branch}:body.md`);
  expect(body).not.toMatch(/<img|<script|\[x\]\(y\)|@everyone/);

  const done = await wms(machine, ['run-pipeline'], { ...env, FAIL: '/nonexistent' });
  expect(done.exitCode, done.stderr).toBe(0);
  expect(await dataBranches(team)).toEqual([]);
  for (const text of [await toldOnRemote(team.remote), readFileSync(summary, 'utf8')]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/<img|<script|@everyone/);
  }
  for (const place of [machine, clone, team.clone, team.remote, team.store])
    expect(existsSync(join(place, 'owned'))).toBe(false);
});

test('a secret among the words of the training command is not kept, and the same words are known again', async () => {
  const team = await makeCiTeam();
  const branch = await publish(team, await joinTeam(team), await meters(1, 25));
  const machine = await ciMachine(team, branch);
  const env = { TEAM_API_TOKEN: SECRET };
  const train = (...words: string[]) => wms(machine, ['ci', 'train', '--json', '--', ...words], env);
  const words = ['sh', 'train.sh', `--key=${SECRET}`];
  const first = await train(...words);
  expect(first.exitCode, first.stderr).toBe(0);
  expect(keptBelow(join(team.store, 'wms'))).toContain('--key=***');
  for (const place of [join(machine, '.git/wms'), join(machine, 'runs'), team.store])
    expect(keptBelow(place), place).not.toContain(SECRET);
  expect(JSON.parse((await train(...words)).stdout)).toMatchObject({ outcome: 'trained-before' });
  expect(JSON.parse((await train('sh', 'train.sh')).stdout)).toMatchObject({ outcome: 'trained' });
});

test('what a push leaves in the clone holds nothing of the secrets in its address', async () => {
  const team = await makeTeam();
  const address = `https://ana:${PASSWORD}@example.invalid/meters.git`;
  await git(team.clone, 'config', `url.${team.remote}.insteadOf`, address);
  await commitFiles(team.clone, await meters(1, 1));
  const kept = () => keptBelow(join(team.clone, '.git/wms'));
  const published = await push(team.clone, [address, 'main']);
  expect(published.stderr).toContain('Published.');
  expect(lastOutcome(team.clone)).toMatchObject({
    outcome: 'published',
    remote: expect.stringContaining('***'),
  });
  expect(kept()).not.toContain(PASSWORD);

  await refuseOnRemote(team, `echo "see ${address} with ghp_0123456789abcdefghijABCDEFGHIJ" >&2; exit 1`);
  await commitFiles(team.clone, await meters(2, 2));
  const refused = await push(team.clone, [address, 'main']);
  expect(refused.exitCode).toBe(1);
  expect(lastOutcome(team.clone)).toMatchObject({ outcome: 'failed', error: { kind: 'git/push-failed' } });
  expect(lastOutcome(team.clone).error.why).toContain('example.invalid');
  for (const secret of [PASSWORD, 'ghp_']) expect(kept()).not.toContain(secret);
});
