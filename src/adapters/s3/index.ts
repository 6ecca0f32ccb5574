import os from 'node:os';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import type { Identity } from '../../ports/identity.js';
import type { ObjectStore } from '../../ports/object-store.js';
import type { Prompter } from '../../ports/prompter.js';
import type { StoreCleaner } from '../../ports/store-cleaner.js';
import type { StoreNotes } from '../../ports/store-notes.js';
import type { Timing } from '../../ports/timing.js';
import { realTiming } from '../timing.js';
import { chooseTransport } from './choose-transport.js';
import { S3Cleaner } from './cleaner.js';
import { openS3Identity } from './identity.js';
import { openS3Notes } from './notes.js';
import { askForCredentials } from './paste.js';
import { S3Requests } from './requests.js';
import { S3Session } from './session.js';
import { S3Store } from './store.js';
import type { CreateTransport } from './transport.js';

export interface S3Options {
  readonly remote: S3Remote;
  readonly env: NodeJS.ProcessEnv;
  /** Asked for MFA codes, and by `ask`. */
  readonly prompter: Prompter;
  /** Default: this user's. */
  readonly homedir?: string;
  /** Default: the real one. */
  readonly timing?: Timing;
  /** Default: whichever serves this remote best. */
  readonly createTransport?: CreateTransport;
}

export interface S3 {
  readonly store: ObjectStore;
  readonly notes: StoreNotes;
  readonly cleaner: StoreCleaner;
  readonly identity: Identity;
  /**
   * Lets a person paste credentials, writes them to their profile and uses them from now on. Throws WmsError
   * `credentials/missing` when there is nobody to ask.
   */
  ask(): Promise<void>;
}

/** Opens nothing yet: credentials are looked for with the first request, and no more of the SDK is loaded than needed. */
export function openS3({
  remote,
  env,
  prompter,
  homedir = os.homedir(),
  timing = realTiming,
  createTransport = chooseTransport,
}: S3Options): S3 {
  const session = new S3Session({ remote, env, prompter, homedir, createTransport });
  const requests = new S3Requests(session, remote, timing);
  const store = new S3Store(requests);
  return {
    store,
    notes: openS3Notes(requests),
    cleaner: new S3Cleaner(requests, remote),
    identity: openS3Identity(session, store),
    async ask() {
      const profile = remote.profile ?? (env.AWS_PROFILE || 'default');
      await askForCredentials(prompter, { profile, file: session.files.credentials });
      session.useProfile(profile);
    },
  };
}
