import { FakeCompute } from '../support/fake-compute.js';
import { computeSuite } from './compute.suite.js';

for (const lag of [0, 3]) {
  computeSuite(`in memory, lists are ${lag} questions old`, async () => {
    const compute = new FakeCompute(() => lag);
    return { compute, other: compute, powerOff: () => compute.powerOff() };
  });
}
