import { describe, expect, it } from 'vitest';
import { type MachineFacts, refuseUnsafeFacts } from '../../src/cloud/machine/facts.js';
import { type MachineReport, readReport, STAGES } from '../../src/cloud/machine/report.pure.js';
import { DEADLINE_TAG, DUMP_TAG } from '../../src/ports/compute.js';

const facts: MachineFacts = {
  sessionId: '20261127-101500-3f9a',
  deadline: '2026-11-27T14:15:00Z',
  region: 'us-east-1',
  store: { bucket: 'wms-dvc-data', prefix: 'team/dvc' },
  reportKey: 'team/dvc/wms/cloud/20261127-101500-3f9a/machine',
  sessionKey: 'team/dvc/wms/cloud/session',
  dumpPrefix: 'team/dvc/wms/cloud/registry',
  idleMinutes: 60,
  modelName: 'wms',
  packageVersion: '0.1.0',
  ports: { mlflow: 5000, api: 8000 },
};

describe('facts of a machine', () => {
  it('are refused when they could mean something to a shell', () => {
    expect(() => refuseUnsafeFacts(facts)).not.toThrow();
    for (const value of ['$(reboot)', 'a b', "it's", 'a\nb', '`x`', 'x;y']) {
      expect(() => refuseUnsafeFacts({ ...facts, modelName: value })).toThrow('part of a script');
      expect(() => refuseUnsafeFacts({ ...facts, store: { bucket: value, prefix: '' } })).toThrow();
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
