import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { peerCommand } from './peers.js';
import { makeDirectory } from './scratch.js';
import { freePort, startServerProcess } from './server-process.js';

export const DEBIAN_IMAGE = 'ami-0debian13000000002';

/** What moto knows of images is what a file says. */
const image = (ami_id: string, name: string, owner_id: string) => ({
  ami_id,
  name,
  description: name,
  owner_id,
  public: true,
  virtualization_type: 'hvm',
  architecture: 'x86_64',
  state: 'available',
  platform: null,
  image_type: 'machine',
  hypervisor: 'xen',
  root_device_name: '/dev/xvda',
  root_device_type: 'ebs',
  sriov: 'simple',
  creation_date: `${name.slice(-13, -9)}-${name.slice(-9, -7)}-${name.slice(-7, -5)}T00:00:00.000Z`,
});
const IMAGES = [
  image('ami-0debian12000000001', 'debian-12-amd64-20261101-2300', '136693071363'),
  image('ami-0debian13000000001', 'debian-13-amd64-20261001-2300', '136693071363'),
  image(DEBIAN_IMAGE, 'debian-13-amd64-20261101-2300', '136693071363'),
  image('ami-0foreign0000000001', 'debian-13-amd64-20261120-2300', '111122223333'),
];

async function createInstanceProfile(url: string, InstanceProfileName: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request' },
    body: new URLSearchParams({
      Action: 'CreateInstanceProfile',
      Version: '2010-05-08',
      InstanceProfileName,
    }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** A server that speaks like many services of AWS, all of them empty but for what every AWS Academy account has. */
export async function startMotoServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const images = join(makeDirectory(), 'images.json');
  await writeFile(images, JSON.stringify(IMAGES));
  const command = await peerCommand('moto_server');
  const port = await freePort();
  const args = ['-H', '127.0.0.1', '-p', String(port)];
  const stop = await startServerProcess(command, args, { MOTO_AMIS_PATH: images }, port);
  const url = `http://127.0.0.1:${port}`;
  await createInstanceProfile(url, 'LabInstanceProfile');
  return { url, stop };
}
