import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeDirectory } from './scratch.js';
import { PACKAGE_ROOT } from './team.js';

export interface NpmRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** A registry that has this package as it is here; what else is asked for comes from the one that is set up. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const manifest = JSON.parse(await readFile(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const packed = await packHere();
  const behind = (await execa('npm', ['config', 'get', 'registry'])).stdout.trim().replace(/\/$/, '');
  let url = '';
  const packument = () => {
    const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
    const dist = { integrity, tarball: `${url}/${manifest.name}/-/${manifest.name}.tgz` };
    const { name, version } = manifest;
    return {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
    };
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === `/${manifest.name}`) return void response.end(JSON.stringify(packument()));
    if (path.startsWith(`/${manifest.name}/-/`)) return void response.end(packed);
    void passOn(`${behind}${path}`, request.headers.accept, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function packHere(): Promise<Buffer> {
  const place = makeDirectory();
  const options = ['--ignore-scripts', '--json', '--pack-destination', place];
  const { stdout } = await execa('npm', ['pack', ...options], { cwd: PACKAGE_ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return readFile(join(place, filename));
}

async function passOn(url: string, accept: string | undefined, response: ServerResponse): Promise<void> {
  try {
    const answer = await fetch(url, { headers: accept === undefined ? {} : { accept } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const type = answer.headers.get('content-type') ?? 'application/octet-stream';
    response.writeHead(answer.status, { 'content-type': type }).end(bytes);
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}
