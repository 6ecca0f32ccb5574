import { EXIT, WmsError } from '../errors.js';
import type { Identity } from '../ports/identity.js';
import type { ObjectStore } from '../ports/object-store.js';
import type { Prompter } from '../ports/prompter.js';

interface OpenedStore {
  readonly store: ObjectStore;
  readonly identity: Identity;
  readonly ask: (() => Promise<void>) | null;
}

/** Asks for credentials, and tells who one is with them. Throws WmsError (exit code 2 or 4). */
export async function logIn({ store, identity, ask }: OpenedStore, prompter: Prompter): Promise<string> {
  if (ask === null) return `The store is the directory ${store.url}: it needs no credentials.`;
  if (!prompter.available) {
    throw new WmsError({
      kind: 'login/no-terminal',
      code: EXIT.usage,
      what: 'Credentials can be pasted only in a terminal.',
      next: 'Run npx wms login in a terminal; in CI, set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
    });
  }
  await ask();
  return `Logged in as ${await identity.whoAmI()} · store ${store.url}`;
}
