import { describe, expect, it } from 'vitest';
import { refuseUnsafeFacts } from '../../src/cloud/machine/facts.js';
import { type MachineReport, readReport, STAGES } from '../../src/cloud/machine/report.pure.js';
import { DEADLINE_TAG, DUMP_TAG } from '../../src/ports/compute.js';
import { MACHINE_FACTS } from '../support/machine-facts.js';

const facts = MACHINE_FACTS;

describe('facts of a machine', () => {
  it('are refused when they could mean something to a shell', () => {
    expect(() => refuseUnsafeFacts(facts)).not.toThrow();
    for (const value of ['$(reboot)', 'a b', "it's", 'a\nb', '`x`', 'x;y']) {
      expect(() => refuseUnsafeFacts({ ...facts, modelName: value })).toThrow(
        expect.objectContaining({ kind: 'cloud/unsafe-setting', code: 2 }),
      );
      expect(() => refuseUnsafeFacts({ ...facts, store: { bucket: value, prefix: '' } })).toThrow();
      const files = [{ name: 'model.onnx', key: value, md5: 'd'.repeat(32) }];
      expect(() => refuseUnsafeFacts({ ...facts, model: { version: '1', files } })).toThrow();
    }
  });

  it('name tags that the metadata service can serve', () => {
    for (const tag of [DEADLINE_TAG, DUMP_TAG]) expect(tag).toMatch(/^[A-Za-z0-9+\-=.,_:@]+$/);
  });
});

describe('reports of a machine', () => {
  const report: MachineReport = { session: 's', stage: 'ready', at: '2026-11-27T10:20:00Z' };
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

  it('count when they are of this session', () => {
    for (const stage of STAGES) expect(readReport(bytes({ ...report, stage }), 's')?.stage).toBe(stage);
    expect(readReport(bytes(report), 'another')).toBeNull();
    expect(readReport(null, 's')).toBeNull();
    expect(readReport(Buffer.from('{"session":"s"'), 's')).toBeNull();
    expect(readReport(bytes({ ...report, stage: 'dancing' }), 's')).toBeNull();
    expect(readReport(bytes({ ...report, at: 'soon' }), 's')).toBeNull();
  });
});
