import type { CloseOptions } from '../../src/cloud/close-session.js';
import type { NewSession } from '../../src/cloud/session-rules.pure.js';

/** A session of four hours from 2026-11-27 10:15 UTC on. */
export function wantedSession(id = '20261127-101500-3f9a'): NewSession {
  return {
    id,
    openedBy: 'ana',
    engine: 'ec2',
    deadline: '2026-11-27T14:15:00.000Z',
    region: 'us-east-1',
    size: 't3.large',
    diskGb: 30,
    instanceProfile: 'LabInstanceProfile',
    model: null,
    idleMinutes: 30,
  };
}

/** Nothing on its machine is worth saving. */
export const closeGently: CloseOptions = { force: false, save: async () => undefined };
export const closeByForce: CloseOptions = { ...closeGently, force: true };
