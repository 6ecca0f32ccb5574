import type { MachineUrls } from '../../ports/compute.js';
import type { Card, Life } from './card.js';
import { askLoopback } from './http.js';

/** What a machine can be asked for; `state` changes nothing. Moments are ISO dates. */
export type Wish =
  | { readonly do: 'state' }
  | { readonly do: 'extend'; readonly to: string }
  | { readonly do: 'dump'; readonly at: string }
  | { readonly do: 'end' };

export interface State {
  /** Id of the machine, which the question does not tell: only the right program knows it. */
  readonly machine: string;
  readonly deadline: string;
  readonly urls: MachineUrls;
}

/** On a busy computer an answer may take a while; one that is gone refuses at once. */
const LIMIT_MS = 10_000;

/** Null: it is gone, whoever has its number and its port now. */
export async function ask({ id, secret }: Card, life: Life | null, wish: Wish): Promise<State | null> {
  if (life === null) return null;
  const answer = await askLoopback(life.port, '/', LIMIT_MS, JSON.stringify({ secret, wish }));
  try {
    const state = JSON.parse(answer?.body ?? '') as State | null;
    return state?.machine === id ? state : null;
  } catch {
    return null;
  }
}

/** Null: it comes from somebody who does not know the secret. */
export function readWish(body: string, { secret }: Card): Wish | null {
  try {
    const asked = JSON.parse(body) as { secret?: unknown; wish: Wish };
    return asked.secret === secret ? asked.wish : null;
  } catch {
    return null;
  }
}
