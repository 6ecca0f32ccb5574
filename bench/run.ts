import { join } from 'node:path';
import { execa } from 'execa';

/** Each in a process of its own, so that none pays for the memory and the caches of another. */
const BENCHMARKS = ['push', 'publish', 'memory', 'dvc', 'manifest', 'gate'];

for (const name of BENCHMARKS) {
  const file = join(import.meta.dirname, `${name}.ts`);
  const { exitCode } = await execa(process.execPath, [...process.execArgv, file], {
    stdio: 'inherit',
    reject: false,
  });
  if (exitCode !== 0) process.exitCode = 1;
}
