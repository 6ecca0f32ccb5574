import { afterAll, expect } from 'vitest';
import { lifeOf, localOrder, openLocal, processesWith, until } from '../support/local-machines.js';
import { isolatedEnv, makeDirectory, makeRepository } from '../support/scratch.js';
import { computeSuite } from './compute.suite.js';

const mark = `WMS_LOCAL_SUITE_${process.pid}`;

computeSuite(
  'processes of this computer',
  async () => {
    const clone = await makeRepository();
    const env = isolatedEnv({ [mark]: '1' });
    const compute = openLocal(clone, { env });
    return {
      compute,
      other: openLocal(clone, { env }),
      stranger: openLocal(makeDirectory(), { env }),
      async powerOff(id) {
        const machines = await compute.billed();
        const session = machines.find((thing) => thing.id === id)?.session ?? '';
        const { pid } = await lifeOf(clone, localOrder({ session }));
        process.kill(pid, 'SIGTERM');
      },
    };
  },
  { images: true, sizes: true, parts: true },
);

afterAll(async () => {
  expect(
    await until(
      () => processesWith(mark),
      (left) => left.length === 0,
    ),
  ).toEqual([]);
});
