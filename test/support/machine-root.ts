import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { installOnce } from '../../scripts/peers/install-once.js';
import { PACKAGE_ROOT } from './team.js';

/** The release of Debian whose image a machine gets. */
const RELEASE = 'trixie';
const TOOLS = { debootstrap: 'debootstrap', shellcheck: 'shellcheck', 'systemd-nspawn': 'systemd-container' };
const BASE = ['ca-certificates', 'dbus', 'iproute2', 'python3', 'systemd', 'systemd-sysv'];
/** As in Debian's image for clouds, and what the bootstrap installs: a test must not wait for it again. */
const PACKAGES = ['cloud-init', 'openssh-server', 'git', 'postgresql', 'python3-venv'];
const CERTIFICATES = 'etc/ssl/certs/ca-certificates.crt';

/** Programs of Debian that the machine's tests need; installed when this may be done. Throws when one is missing. */
export async function installMachineTools(): Promise<void> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(TOOLS)) {
    const { exitCode } = await execa('sh', ['-c', `command -v ${program}`], { reject: false });
    if (exitCode !== 0) missing.push(name);
  }
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`Missing, as root: apt-get install ${missing.join(' ')}`);
  await execa('apt-get', ['update', '-qq']);
  await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing]);
}

/** A root directory of Debian with all that a machine installs, made once (minutes, 1.5 GB). Only root can make it. */
export async function machineRoot(): Promise<string> {
  await installMachineTools();
  const requirements = join(PACKAGE_ROOT, 'templates/machine/requirements.txt');
  const pins = [RELEASE, ...BASE, ...PACKAGES, await readFile(requirements, 'utf8')].join('\n');
  return join(await installOnce('machine-root', pins, (directory) => fill(join(directory, 'root'))), 'root');
}

async function fill(root: string): Promise<void> {
  const mirror = (await execa('apt-get', ['indextargets', '--format', '$(SITE)'])).stdout
    .split('\n')
    .find((site) => site.endsWith('/debian'));
  if (mirror === undefined) throw new Error('No mirror of Debian is set up here.');
  await execa('debootstrap', ['--variant=minbase', `--include=${BASE.join()}`, RELEASE, root, mirror]);
  const inside = (...command: string[]) =>
    execa('chroot', [root, ...command], {
      env: { DEBIAN_FRONTEND: 'noninteractive', PIP_CERT: `/${CERTIFICATES}`, PIP_FIND_LINKS: '' },
    });
  for (const file of ['etc/resolv.conf', CERTIFICATES]) {
    await rm(join(root, file), { force: true });
    await copyFile(`/${file}`, join(root, file));
  }
  const policy = join(root, 'usr/sbin/policy-rc.d');
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  await inside('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...PACKAGES);
  await rm(policy);
  await writeFile(join(root, 'etc/cloud/cloud.cfg.d/99-test.cfg'), 'network: { config: disabled }\n');
  await mkdir(join(root, 'opt/wms'));
  await copyFile(join(PACKAGE_ROOT, 'templates/machine/requirements.txt'), join(root, 'opt/wms/r.txt'));
  await inside('python3', '-m', 'venv', '/opt/wms/venv');
  await inside('/opt/wms/venv/bin/pip', 'install', '--quiet', '--no-deps', '-r', '/opt/wms/r.txt');
}
