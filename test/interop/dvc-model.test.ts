import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDvc } from '../support/dvc.js';
import { gateAndPromote } from '../support/model-commands.js';
import { md5Of } from '../support/promoted-models.js';
import { commitFiles, git } from '../support/scratch.js';
import { joinTeam, makeTeam, wms } from '../support/team.js';

const MODEL = 'models/production.onnx';

test('DVC pulls what was promoted, and after a rollback the model before', async () => {
  const dvc = await openDvc();
  const team = await makeTeam();
  for (const [text, over] of [
    ['one', null],
    ['two', 'one'],
  ] as const) {
    await gateAndPromote(team.clone, text, over);
    const clone = await joinTeam(team);
    await dvc(clone, 'pull', `${MODEL}.dvc`);
    expect(readFileSync(join(clone, MODEL), 'utf8')).toBe(text);
    expect(await dvc(clone, 'status')).toContain('up to date');
    expect(await git(clone, 'status', '--porcelain', 'models')).toBe('');
  }
  await wms(team.clone, ['model', 'rollback', '--reason', 'worse on new meters']);
  const clone = await joinTeam(team);
  await dvc(clone, 'pull', `${MODEL}.dvc`);
  expect(readFileSync(join(clone, MODEL), 'utf8')).toBe('one');
});

test('a pointer that DVC made is Production until a promotion takes its place', async () => {
  const dvc = await openDvc();
  const team = await makeTeam();
  await commitFiles(team.clone, { 'models/README.md': 'models\n', '.dvc/.gitignore': '/cache\n/tmp\n' });
  writeFileSync(join(team.clone, MODEL), 'by DVC');
  await dvc(team.clone, 'add', MODEL);
  await dvc(team.clone, 'push');
  await git(team.clone, 'add', 'models');
  await git(team.clone, 'commit', '--quiet', '-m', 'a model');
  await git(team.clone, 'push', '--quiet', '--no-verify');
  const { stdout } = await wms(team.clone, ['model', 'baseline', '--json']);
  expect(JSON.parse(stdout).production).toMatchObject({
    version: `unregistered-${md5Of('by DVC').slice(0, 10)}`,
    model: md5Of('by DVC'),
  });
  await gateAndPromote(team.clone, 'better', 'by DVC');
  await wms(team.clone, ['model', 'rollback', '--reason', 'back to what DVC had']);
  await git(team.clone, 'pull', '--quiet');
  rmSync(join(team.clone, MODEL), { force: true });
  rmSync(join(team.clone, '.dvc/cache'), { recursive: true, force: true });
  await dvc(team.clone, 'pull', `${MODEL}.dvc`);
  expect(readFileSync(join(team.clone, MODEL), 'utf8')).toBe('by DVC');
});
