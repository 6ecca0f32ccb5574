import { request } from '@octokit/request';
import * as z from 'zod';
import type { Timing } from '../../ports/timing.js';
import { withRetries } from '../retry.js';
import { githubError, notUnderstood } from './errors.js';
import { isTransient, type Refusal, RefusedError, refusalOf } from './refusal.js';

export interface GithubPlace {
  /** Of the REST API: `https://api.github.com`, `https://git.example.com/api/v3`. */
  readonly apiUrl: string;
  /** Where people see the repository. */
  readonly url: string;
  readonly owner: string;
  readonly repo: string;
  readonly token: string;
  readonly timing: Timing;
}

/** Longest time from the first attempt on, milliseconds. */
const DEADLINE = 120_000;
/** Longest time without an answer, milliseconds. */
const SILENCE = 60_000;
const PAGES = 100;

/** The one door to GitHub. Whatever comes out of `whole` as an error is a WmsError `host/…`. */
export class GithubDoor {
  readonly #send: typeof request;

  constructor(readonly place: GithubPlace) {
    const { apiUrl, owner, repo, token } = place;
    this.#send = request.defaults({
      baseUrl: apiUrl,
      owner,
      repo,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'wms-hooks',
        'x-github-api-version': '2022-11-28',
      },
    });
  }

  /**
   * Tries a whole operation again after what may pass. It reads before it writes, so that a write whose answer was
   * lost is seen and not made twice.
   */
  async whole<T>(operation: () => Promise<T>): Promise<T> {
    const { timing, url, token } = this.place;
    try {
      return await withRetries(operation, {
        timing,
        judge: (error) =>
          error instanceof RefusedError && isTransient(error.refusal) && !isTooLong(error.refusal)
            ? { retry: 'later', deadline: DEADLINE }
            : { retry: 'no' },
      });
    } catch (error) {
      throw githubError(url, error, token);
    }
  }

  async call<T>(shape: z.ZodType<T>, route: string, parameters: object = {}): Promise<T> {
    return this.#parse(shape, route, (await this.#once(route, parameters)).data);
  }

  /** All pages of a list. */
  async list<T>(shape: z.ZodType<T>, route: string, parameters: object = {}): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; page <= PAGES; page += 1) {
      const { data, headers } = await this.#once(route, { ...parameters, per_page: 100, page });
      all.push(...this.#parse(z.array(shape), route, data));
      if (!/rel="next"/.test(headers.link ?? '')) return all;
    }
    return all;
  }

  async graphql<T>(shape: z.ZodType<T>, query: string, variables: object = {}): Promise<T> {
    const { apiUrl } = this.place;
    // Enterprise has it beside the REST API, not below.
    const url = apiUrl.endsWith('/api/v3') ? `${apiUrl.slice(0, -3)}/graphql` : `${apiUrl}/graphql`;
    const { data } = await this.#once(`POST ${url}`, { query, variables });
    const answer = this.#parse(GRAPHQL, 'graphql', data);
    if (answer.errors !== undefined) {
      const message = answer.errors.map((each) => each.message).join('; ');
      throw new RefusedError({ name: 'RefusedError', code: '', message, status: 422, retryAfter: null });
    }
    return this.#parse(shape, 'graphql', answer.data);
  }

  async #once(route: string, parameters: object) {
    const { timing } = this.place;
    try {
      return await this.#send(route, { ...parameters, request: { signal: AbortSignal.timeout(SILENCE) } });
    } catch (error) {
      const refusal = refusalOf(error, Date.now() / 1000);
      if (isTransient(refusal) && !isTooLong(refusal)) await timing.sleep((refusal.retryAfter ?? 0) * 1000);
      throw new RefusedError(refusal);
    }
  }

  #parse<T>(shape: z.ZodType<T>, route: string, data: unknown): T {
    const parsed = shape.safeParse(data);
    if (parsed.success) return parsed.data;
    throw notUnderstood(this.place.url, route, z.prettifyError(parsed.error));
  }
}

const GRAPHQL = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

function isTooLong({ retryAfter }: Refusal): boolean {
  return retryAfter !== null && retryAfter * 1000 > DEADLINE;
}
