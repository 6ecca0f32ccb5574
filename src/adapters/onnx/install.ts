import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { PACKAGE_ROOT } from '../../config/package-root.js';

/** Exact version and checksums: what npm installs is what was tried. */
const LOCKED = path.join(PACKAGE_ROOT, 'runtime');
const FLAGS = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
];
const STALE_MS = 3_600_000;

/**
 * Installs onnxruntime-node into `directory` with the user's npm, mirrors and proxies. Several processes may do it
 * at once: each works in a directory of its own, the first to be ready gives it its name, the others use that one.
 * Rejects with npm's error (its `stderr` tells the reason) or with one of the file system.
 */
export async function installRuntime(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(path.dirname(directory), { recursive: true });
  await removeLeftovers(directory);
  const temporary = await mkdtemp(`${directory}.tmp-`);
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(path.join(LOCKED, file), path.join(temporary, file));
    }
    await execa('npm', ['ci', ...FLAGS], {
      cwd: temporary,
      env: withoutProject(env),
      extendEnv: false,
      stdin: 'ignore',
    });
    await keepOwnPlatform(path.join(temporary, 'node_modules', 'onnxruntime-node', 'bin'));
    await rename(temporary, directory).catch(async (error: NodeJS.ErrnoException) => {
      const taken = await stat(directory).catch(() => null);
      if (taken === null) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Started by npm (npx, a script), we inherit settings that would point this npm at the user's project. */
function withoutProject(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign =
    /^(?:npm_config_(?:prefix|local_prefix|global|workspaces?|include_workspace_root)|INIT_CWD|NODE_ENV)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

/** The package brings every platform's binaries, 290 MB; 30 to 70 of them are of use here. */
async function keepOwnPlatform(bin: string): Promise<void> {
  for (const abi of await readdir(bin)) {
    for (const platform of await readdir(path.join(bin, abi))) {
      const place = path.join(bin, abi, platform);
      if (platform !== process.platform) {
        await rm(place, { recursive: true });
        continue;
      }
      for (const arch of await readdir(place)) {
        if (arch !== process.arch) await rm(path.join(place, arch), { recursive: true });
      }
    }
  }
}

/** What a killed installation left behind; younger directories may be in use by another process. */
async function removeLeftovers(directory: string): Promise<void> {
  const parent = path.dirname(directory);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${path.basename(directory)}.tmp-`)) continue;
    const place = path.join(parent, name);
    const age = Date.now() - (await stat(place).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > STALE_MS) await rm(place, { recursive: true, force: true });
  }
}
