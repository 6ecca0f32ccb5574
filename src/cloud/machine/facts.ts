import { EXIT, WmsError } from '../../errors.js';
import type { SessionModel } from '../session.js';

/**
 * What a session's machine is told when it is made. It is public to everything on that machine, so nothing secret is in
 * here: secrets come through the instance profile.
 *
 * The machine answers by one note, `reportKey`, that it writes whole (see `MachineReport`). What may change while it runs
 * it reads: the deadline and the wish for a dump from its own tags, without any permission, at
 * `http://169.254.169.254/latest/meta-data/tags/instance/<tag>`; the leases from the note `sessionKey`.
 *
 * Its last log lines (text, at most 200 kB) are in the note `logKeyOf(facts)`, not older than two minutes.
 */
export interface MachineFacts {
  /** `20261127-101500-3f9a` */
  readonly sessionId: string;
  /** ISO 8601, UTC, to the second. A later one may come as the tag `DEADLINE_TAG`. */
  readonly deadline: string;
  readonly region: string;
  /** Where the team's objects are. `prefix` has no slash at its ends and may be empty. */
  readonly store: { readonly bucket: string; readonly prefix: string };
  /** Key of the note that the machine writes. */
  readonly reportKey: string;
  /** Key of the note with the session's leases: `{ "leases": [{ "until": ISO, … }], … }`. */
  readonly sessionKey: string;
  /** Keys of the registry's dumps begin with this, and a slash. They outlive the session: the next one restores the newest. */
  readonly dumpPrefix: string;
  /** Without a lease and a request for so long, the machine powers off. */
  readonly idleMinutes: number;
  /** Name of the registered model. */
  readonly modelName: string;
  /** What the model API serves. Null: what the MLflow of the machine calls Production, where `registry` is that. */
  readonly model: SessionModel | null;
  readonly registry: 'git' | 'mlflow';
  /** Version of this package that the machine installs. */
  readonly packageVersion: string;
  /** On the machine's loopback. `train`: where training commands come in (wms-train.socket). */
  readonly ports: { readonly mlflow: number; readonly api: number; readonly train: number };
}

const VALUE = /^[A-Za-z0-9._:/+-]*$/;

/**
 * Facts become part of scripts that run as root. Throws WmsError `cloud/unsafe-setting` (exit code 2) for values with
 * characters that could mean something there.
 */
export function refuseUnsafeFacts(facts: MachineFacts): void {
  const unsafe = textsIn(facts).find((text) => !VALUE.test(text));
  if (unsafe === undefined) return;
  throw new WmsError({
    kind: 'cloud/unsafe-setting',
    code: EXIT.usage,
    what: `${JSON.stringify(unsafe)} cannot be told to the machine of a session.`,
    why: 'It becomes part of scripts there: only letters, digits and . _ : / + - are taken.',
    next: 'Change it in wms.config.json or .dvc/config: names of store, model and region come from there.',
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The machine listens here, with TLS, only while somebody asks for it in the note of doors. */
export const DOOR_PORT = 4433;

/** Key of the note with who wants to come in: `{ "doors": [{ "id", "until": ISO, "key"?, "token"? }], … }`. */
export function doorsKeyOf({ reportKey }: Pick<MachineFacts, 'reportKey'>): string {
  return `${reportKey}-doors`;
}

/** Key of the note with the machine's last log lines. */
export function logKeyOf({ reportKey }: Pick<MachineFacts, 'reportKey'>): string {
  return `${reportKey}-log`;
}
