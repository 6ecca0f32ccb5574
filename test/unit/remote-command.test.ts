import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentElsewhere } from '../../src/adapters/remote-command/environment.pure.js';
import { FrameReader, frame } from '../../src/adapters/remote-command/frames.pure.js';

describe('frames', () => {
  it('come as they were sent, in pieces of any size', () => {
    const frames = fc.array(fc.tuple(fc.constantFrom('O', 'T', 'E'), fc.uint8Array({ maxLength: 40 })));
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 50 }), (sent, size) => {
        const bytes = Buffer.concat(sent.map(([kind, payload]) => frame(kind, Buffer.from(payload))));
        const reader = new FrameReader();
        const come: [string, Uint8Array][] = [];
        for (let at = 0; at < bytes.length; at += size) {
          for (const { kind, payload } of reader.push(bytes.subarray(at, at + size))) {
            come.push([kind, new Uint8Array(payload)]);
          }
        }
        expect(come).toEqual(sent.map(([kind, payload]) => [kind, new Uint8Array(payload)]));
      }),
    );
  });
});

it('only the contract and the way to the tracking server go to another machine', () => {
  const told = { WMS_SEED: '0', MLFLOW_RUN_ID: 'r', MLFLOW_TRACKING_PASSWORD: 'p', PYTHONUNBUFFERED: '1' };
  const own = {
    AWS_SECRET_ACCESS_KEY: 's',
    GITHUB_TOKEN: 't',
    PATH: '/home/bin',
    HOME: '/home',
    XWMS_: 'x',
    PYTHONPATH: '/home/py',
  };
  expect(environmentElsewhere({ ...told, ...own })).toEqual(told);
});
