import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { promoteBytes } from '../support/kept-verdicts.js';
import { peerCommand } from '../support/peers.js';
import { hasSharedData, sharedFile, sharedNames } from '../support/shared-data.js';
import { makeTeam, wms } from '../support/team.js';

const photos = 'water-meters/images';
const real = hasSharedData
  ? [
      {
        name: 'a real one',
        model: () => sharedFile('models/production.onnx'),
        facts: () => sharedFile('models/model.json').toString(),
        photo: async () => sharedFile(`${photos}/${sharedNames(photos)[0]}`),
      },
    ]
  : [];
const drawn = {
  name: 'a drawn one',
  model: tinyModel,
  facts: tinyModelFacts,
  photo: async () => (await drawMeter(3)).image,
};

/** The system of this test has a Python environment with MLflow. */
async function installMlflow(clone: string): Promise<void> {
  await mkdir(join(clone, '.venv/bin'), { recursive: true });
  await symlink(await peerCommand('mlflow'), join(clone, '.venv/bin/mlflow'));
}

test.each([drawn, ...real])('a session on this computer: real MLflow, and $name is predicted', async (of) => {
  const { clone } = await makeTeam();
  await installMlflow(clone);
  await promoteBytes(clone, of.model(), of.facts());
  const deployed = await wms(clone, ['cloud', 'deploy', '--engine', 'local', '--yes', '--json']);
  try {
    expect(deployed.exitCode, deployed.stderr).toBe(0);
    const { urls } = JSON.parse(deployed.stdout) as { urls: { mlflow: string; api: string; docs: string } };
    expect(await (await fetch(`${urls.mlflow}/health`)).text()).toBe('OK');
    expect((await fetch(urls.docs)).status).toBe(200);
    const photo = await of.photo();
    const answer = await fetch(`${urls.api}/predict`, { method: 'POST', body: photo });
    expect([answer.status, answer.headers.get('x-model-version')]).toEqual([200, '1']);
    const mask = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    const { width, height } = await sharp(photo).metadata();
    expect([mask.format, mask.width, mask.height]).toEqual(['png', width, height]);
    // A second one finds the same session.
    const again = await wms(clone, ['cloud', 'deploy', '--yes', '--json']);
    expect(JSON.parse(again.stdout).urls).toEqual(urls);
    expect((await wms(clone, ['cloud', 'logs'])).stdout).toContain(`mlflow answers at ${urls.mlflow}`);
  } finally {
    const stopped = await wms(clone, ['cloud', 'stop', '--yes']);
    expect([stopped.exitCode, stopped.stderr]).toEqual([
      0,
      expect.stringContaining('Nothing of it is left.'),
    ]);
  }
});

test('what MLflow was told in one session is there in the next', async () => {
  const { clone } = await makeTeam();
  await installMlflow(clone);
  const open = async () => {
    const { stdout } = await wms(clone, ['cloud', 'deploy', '--engine', 'local', '--yes', '--json']);
    return (JSON.parse(stdout) as { urls: { mlflow: string } }).urls.mlflow;
  };
  const api = 'api/2.0/mlflow/experiments';
  try {
    const body = JSON.stringify({ name: 'kept' });
    const headers = { 'content-type': 'application/json' };
    const made = await fetch(`${await open()}/${api}/create`, { method: 'POST', headers, body });
    expect(made.status).toBe(200);
    await wms(clone, ['cloud', 'stop', '--yes']);
    const found = await fetch(`${await open()}/${api}/get-by-name?experiment_name=kept`);
    expect(found.status).toBe(200);
  } finally {
    await wms(clone, ['cloud', 'stop', '--yes']);
  }
});
