import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { installOnce } from '../../scripts/peers/install-once.js';

/** Real programs that ours must agree with, or is measured against. */
export type Peer = 'dvc' | 'moto_server' | 'python' | 'versitygw';

const REQUIREMENTS = join(import.meta.dirname, '../../scripts/peers/requirements.txt');
const VERSITYGW = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];

/**
 * Absolute path of a pinned peer, installed into `.peers/` when it is asked for first (minutes, needs the package
 * registries). Throws when it cannot be had: a test that needs it fails, it is never skipped.
 */
export async function peerCommand(name: Peer): Promise<string> {
  try {
    const directory = name === 'versitygw' ? await goPeers() : await pythonPeers();
    return join(directory, 'bin', name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The peer ${name} cannot be installed. ${reason}`, { cause: error });
  }
}

async function pythonPeers(): Promise<string> {
  const pins = await readFile(REQUIREMENTS, 'utf8');
  return installOnce('python', pins, async (directory) => {
    await execa(await findPython(), ['-m', 'venv', directory]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'];
    await execa(join(directory, 'bin/python'), [...pip, '-r', REQUIREMENTS]);
  });
}

async function findPython(): Promise<string> {
  for (const command of PYTHONS) {
    const check = 'import sys, venv; sys.exit(sys.version_info < (3, 11))';
    const { exitCode } = await execa(command, ['-c', check], { reject: false });
    if (exitCode === 0) return command;
  }
  throw new Error(`Python 3.11 or newer with venv is missing (looked for ${PYTHONS.join(', ')}).`);
}

async function goPeers(): Promise<string> {
  return installOnce('versitygw', VERSITYGW, async (directory) => {
    const { exitCode } = await execa('go', ['version'], { reject: false });
    if (exitCode !== 0) throw new Error('Go is missing.');
    await execa('go', ['install', VERSITYGW], { env: { GOBIN: join(directory, 'bin') } });
  });
}
