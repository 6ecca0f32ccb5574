import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeDirectory } from './scratch.js';

export interface BootedMachine {
  /** Resolves to what its console showed, when it is off. */
  readonly off: Promise<string>;
  isOff(): boolean;
  /** As when somebody presses the button. */
  powerOff(): Promise<string>;
}

/**
 * Boots `root` as a container on this machine's network: systemd, and cloud-init with this user data. What it changes is
 * gone when it is off. `environment` is that of every unit; `files` are texts by their paths on it.
 */
export async function bootMachine(
  root: string,
  userData: string,
  environment: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<BootedMachine> {
  const seed = makeDirectory();
  await writeFile(join(seed, 'user-data'), userData);
  await writeFile(join(seed, 'meta-data'), `instance-id: i-${Date.now()}\n`);
  const settings = Object.entries(environment).map(([name, value]) => `systemd.setenv=${name}=${value}`);
  const binds: string[] = [];
  for (const [index, [path, text]] of Object.entries(files).entries()) {
    await writeFile(join(seed, `file-${index}`), text);
    binds.push(`--bind-ro=${join(seed, `file-${index}`)}:${path}`);
  }
  const place = [
    ...binds,
    '--directory',
    root,
    '--volatile=overlay',
    `--bind-ro=${seed}:/var/lib/cloud/seed/nocloud`,
  ];
  const mode = ['--quiet', '--boot', '--register=no', '--keep-unit', '--console=pipe'];
  const child = execa('systemd-nspawn', [...mode, ...place, ...settings], {
    stdin: 'ignore',
    all: true,
    reject: false,
    // Its registry is saved before it is off: that may take a while.
    forceKillAfterDelay: false,
  });
  let isOff = false;
  const off = child.then(({ all }) => {
    isOff = true;
    return String(all);
  });
  return {
    off,
    isOff: () => isOff,
    powerOff: () => {
      child.kill('SIGTERM');
      return off;
    },
  };
}
