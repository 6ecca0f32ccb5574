import type { MachineFacts } from '../../src/cloud/machine/facts.js';

export const MACHINE_FACTS: MachineFacts = {
  sessionId: '20261127-101500-3f9a',
  deadline: '2026-11-27T14:15:00Z',
  region: 'us-east-1',
  store: { bucket: 'wms-dvc-data', prefix: 'team/dvc' },
  reportKey: 'team/dvc/wms/cloud/20261127-101500-3f9a/machine',
  sessionKey: 'team/dvc/wms/cloud/session',
  dumpPrefix: 'team/dvc/wms/cloud/registry',
  idleMinutes: 60,
  modelName: 'wms',
  model: null,
  registry: 'git',
  packageVersion: '0.1.0',
  ports: { mlflow: 5000, api: 8000, train: 7000 },
};
