import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultQueue, type Injection } from '../fault-queue.js';
import { describedAnswer, describedOperation } from './described.js';
import { GithubRefusal, GithubState, type Json } from './state.js';

type GithubFault =
  | { readonly type: 'reset' }
  /** Carried out, but the answer never arrives. */
  | { readonly type: 'lost-answer' }
  | {
      readonly type: 'answer';
      readonly status: number;
      readonly message: string;
      readonly headers?: Record<string, string>;
    };

export interface GithubTestServer {
  readonly url: string;
  readonly state: GithubState;
  /** `POST pulls`, `PUT pulls/1/merge`, …, in the order of arrival. */
  readonly log: string[];
  inject(injection: Injection<GithubFault, string>): void;
  close(): Promise<void>;
}

/** However many are asked for: lists come in several pages. */
const PAGE = 2;
const TOP = '/repos/team/meters/';

/** GitHub in this process, on 127.0.0.1: what is used here. A token is `Bearer <login>`. */
export async function startGithubServer(repository: string): Promise<GithubTestServer> {
  const state = new GithubState(repository);
  const faults = new FaultQueue<GithubFault, string>();
  const log: string[] = [];
  const http = createServer((incoming, response) => {
    void (async () => {
      const url = new URL(incoming.url ?? '/', server.url);
      const path = decodeURIComponent(url.pathname);
      const operation = `${incoming.method} ${path.startsWith(TOP) ? path.slice(TOP.length) : path}`;
      const body = await readJson(incoming);
      log.push(operation);
      const fault = faults.next(operation);
      const send = (status: number, value: unknown, headers: Record<string, string> = {}) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(value));
      if (fault?.type === 'reset') return incoming.socket.resetAndDestroy();
      if (fault?.type === 'answer') return send(fault.status, { message: fault.message }, fault.headers);
      const user = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
      try {
        // GraphQL has a description of its own.
        const described =
          path === '/graphql'
            ? null
            : describedOperation(incoming.method ?? '', path, url.searchParams, body);
        const answer = await carryOut(state, operation, url.searchParams, body ?? {}, user);
        const status = described === null ? 200 : describedAnswer(described, answer);
        if (fault?.type === 'lost-answer') return incoming.socket.resetAndDestroy();
        if (!Array.isArray(answer) || described === null || !url.searchParams.has('page'))
          return send(status, answer);
        const page = Number(url.searchParams.get('page') ?? 1);
        url.searchParams.set('page', String(page + 1));
        const more = answer.length > page * PAGE ? { link: `<${url}>; rel="next"` } : {};
        send(200, answer.slice((page - 1) * PAGE, page * PAGE), more as Record<string, string>);
      } catch (error) {
        if (!(error instanceof GithubRefusal)) throw error;
        send(error.status, { message: error.message, errors: error.errors });
      }
    })();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: GithubTestServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    state,
    log,
    inject: (injection) => faults.inject(injection),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

/** Null: no body. */
async function readJson(incoming: IncomingMessage): Promise<Record<string, string> | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString());
}

async function carryOut(
  state: GithubState,
  operation: string,
  query: URLSearchParams,
  body: Record<string, string>,
  user: string,
): Promise<Json | Json[]> {
  const at = (pattern: RegExp): string | null => pattern.exec(operation)?.[1] ?? null;
  if (operation === 'POST /graphql') return graphql(state, body, user);
  if (operation === 'GET pulls') {
    const head = query.get('head')?.replace(/^team:/, '');
    const all = await Promise.all(
      state.pulls.filter((each) => each.head === head).map((each) => state.show(each)),
    );
    return all.map(({ mergeable: _, mergeable_state: __, ...listed }) => listed);
  }
  if (operation === 'POST pulls') return state.show(await state.create(body, user));
  const merged = at(/^PUT pulls\/(\d+)\/merge$/);
  if (merged !== null) return state.merge(state.pull(Number(merged)), body);
  const pull = at(/^(?:GET|PATCH) pulls\/(\d+)$/);
  if (pull !== null) return state.show(Object.assign(state.pull(Number(pull)), body));
  const reviewed = at(/^\w+ pulls\/(\d+)\/reviews$/);
  if (reviewed !== null) {
    if (operation.startsWith('POST')) {
      if (state.pull(Number(reviewed)).user === user)
        throw new GithubRefusal(422, 'Can not approve your own pull request');
      state.reviews.push({ pull: Number(reviewed), user, commit: body.commit_id! });
    }
    const all = state.reviews.map((each) => ({
      ...{ state: 'APPROVED', commit_id: each.commit, user: { login: each.user } },
    }));
    return operation.startsWith('POST') ? all.at(-1)! : all;
  }
  const labelled = at(/^POST issues\/(\d+)\/labels$/);
  if (labelled !== null) {
    const { labels } = state.pull(Number(labelled));
    for (const label of body.labels as unknown as string[]) labels.add(label);
    return [...labels].map((name) => ({ name }));
  }
  const issue = at(/^\w+ issues\/(\d+)\/comments$/);
  if (issue !== null) {
    const ours = state.comments.filter((each) => each.issue === Number(issue));
    if (operation.startsWith('GET')) return ours.map(showComment);
    const made = { id: state.nextId(), issue: Number(issue), body: body.body!, user };
    state.comments.push(made);
    return showComment(made);
  }
  const comment = at(/^PATCH issues\/comments\/(\d+)$/);
  if (comment !== null) {
    const found = state.comments.find(({ id }) => id === Number(comment));
    if (found === undefined) throw new GithubRefusal(404, 'Not Found');
    return showComment(Object.assign(found, { body: body.body! }));
  }
  const asked = at(/^GET commits\/(\w+)\/statuses$/);
  if (asked !== null)
    return state.statuses
      .filter(({ sha }) => sha === asked)
      .reverse()
      .map(showStatus);
  const told = at(/^POST statuses\/(\w+)$/);
  if (told !== null) {
    const made = { description: null, target_url: null, ...body, sha: told };
    state.statuses.push(made);
    return showStatus(made);
  }
  throw new GithubRefusal(404, 'Not Found');
}

const showComment = ({ id, body, user }: GithubState['comments'][number]): Json => ({
  ...{ id, body, user: { login: user } },
});

function showStatus({ sha: _, ...status }: GithubState['statuses'][number]): Json {
  return status;
}

function graphql(state: GithubState, body: Record<string, unknown>, user: string): Json {
  if (String(body.query).includes('viewer')) return { data: { viewer: { login: user } } };
  const refuse = (message: string) => ({ data: null, errors: [{ message }] });
  if (!state.autoMergeAllowed) return refuse('Auto merge is not allowed for this repository');
  if (state.missing === null) return refuse('Pull request Pull request is in clean status');
  const { input } = body.variables as { input: Json };
  const refused = state.refusedMethod(String(input.mergeMethod).toLowerCase());
  if (refused !== null) return refuse(refused);
  state.autoMerges.push(input);
  return { data: { enablePullRequestAutoMerge: { clientMutationId: null } } };
}
