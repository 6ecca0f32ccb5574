import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { installOnce } from '../../scripts/peers/install-once.js';

/** Real programs that ours must agree with, or is measured against. */
export type Peer =
  | GoPeer
  | 'aws'
  | 'dvc'
  | 'mlflow'
  | 'moto_server'
  | 'python'
  | 'trainer'
  | 'uvicorn'
  | 'zizmor';
type GoPeer = keyof typeof GO_PEERS;

const REQUIREMENTS = join(import.meta.dirname, '../../scripts/peers');
const GO_PEERS = {
  actionlint: { module: 'github.com/rhysd/actionlint', folder: '/cmd/actionlint', version: 'v1.7.12' },
  versitygw: { module: 'github.com/versity/versitygw', folder: '/cmd/versitygw', version: 'v1.8.0' },
  rclone: { module: 'github.com/rclone/rclone', folder: '', version: 'v1.75.1' },
  tofu: {
    module: 'github.com/opentofu/opentofu',
    folder: '/cmd/tofu',
    version: 'v1.10.10',
    // What its own go.mod replaces: that counts only where it is the main module.
    replace:
      'github.com/hashicorp/hcl/v2 => github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828',
  },
  s5cmd: { module: 'github.com/peak/s5cmd/v2', folder: '', version: 'v2.3.0' },
} as const;
/** They pin other versions of what DVC needs, too. */
const OF_THEIR_OWN: ReadonlySet<Peer> = new Set(['aws', 'mlflow', 'uvicorn', 'zizmor']);
const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];

/**
 * Absolute path of a pinned peer, installed into `.peers/` when it is asked for first (minutes, needs the package
 * registries). Throws when it cannot be had: a test that needs it fails, it is never skipped.
 */
export async function peerCommand(name: Peer): Promise<string> {
  try {
    // The example trainer is a script: what it needs is a Python of its own.
    return join(await install(name), 'bin', name === 'trainer' ? 'python' : name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The peer ${name} cannot be installed. ${reason}`, { cause: error });
  }
}

function install(name: Peer): Promise<string> {
  if (isGoPeer(name)) return goPeer(name);
  if (name === 'trainer') return pythonPeers(name, '../../examples/water-meters/requirements.txt');
  if (OF_THEIR_OWN.has(name)) return pythonPeers(name, `requirements-${name}.txt`);
  return pythonPeers('python', 'requirements.txt');
}

function isGoPeer(name: Peer): name is GoPeer {
  return Object.hasOwn(GO_PEERS, name);
}

async function pythonPeers(name: string, requirements: string): Promise<string> {
  const path = join(REQUIREMENTS, requirements);
  const pins = await readFile(path, 'utf8');
  return installOnce(name, pins, async (directory) => {
    await execa(await findPython(), ['-m', 'venv', directory]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'];
    await execa(join(directory, 'bin/python'), [...pip, '-r', path]);
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

/** Built in a module that requires it: unlike `go install name@version`, this needs no list of all versions. */
async function goPeer(name: GoPeer): Promise<string> {
  const { module, folder, version, replace } = { replace: '', ...GO_PEERS[name] };
  return installOnce(name, `${module}${folder}@${version}${replace}`, async (directory) => {
    const { exitCode } = await execa('go', ['version'], { reject: false });
    if (exitCode !== 0) throw new Error('Go is missing.');
    await writeFile(
      join(directory, 'go.mod'),
      `module peers\n\nrequire ${module} ${version}\n${replace && `replace ${replace}\n`}`,
    );
    const env = { GOBIN: join(directory, 'bin') };
    await execa('go', ['install', '-mod=mod', module + folder], { cwd: directory, env });
  });
}
