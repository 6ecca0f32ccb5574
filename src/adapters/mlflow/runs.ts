import * as z from 'zod';
import { EXIT, WmsError } from '../../errors.js';
import type { RunSearch } from '../../ports/tracking-server.js';
import { createOnce } from './create-once.js';
import type { Call, MlflowDoor } from './door.js';
import { isMissing, isRefused } from './errors.js';
import { tagFilter } from './filter.pure.js';
import { experiment, type RunAnswer, run, runPage } from './run-answers.js';

const API = 'api/2.0/mlflow';
const PAGE = 1000;
/** Tag that makes a run findable before anybody knows its id. */
const KEY = 'wms.key';
const anything = z.object({});

export interface RunStart {
  readonly experimentId: string;
  readonly name: string;
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly at: number;
}

/** Experiments and runs, as the REST API has them. */
export class MlflowRuns {
  constructor(private readonly door: MlflowDoor) {}

  /** One attempt: the server answers, and its database too. */
  async checkHealth(signal?: AbortSignal): Promise<void> {
    await this.door.bytes({ method: 'GET', path: 'health', repeatable: false, signal });
    const search = this.post('experiments/search', { max_results: 1 }, false);
    await this.door.json(z.object({ experiments: z.array(z.unknown()).default([]) }), { ...search, signal });
  }

  async openExperiment(name: string): Promise<{ id: string; created: boolean }> {
    const existing = await this.findExperiment(name);
    if (existing !== null) return { id: existing, created: false };
    try {
      // MLflow keeps names unique, so a second attempt makes no second experiment.
      const created = z.object({ experiment_id: z.string() });
      const { experiment_id } = await this.door.json(
        created,
        this.post('experiments/create', { name }, true),
      );
      return { id: experiment_id, created: true };
    } catch (error) {
      const found = isRefused(error, 'RESOURCE_ALREADY_EXISTS') ? await this.findExperiment(name) : null;
      if (found === null) throw error;
      return { id: found, created: false };
    }
  }

  private async findExperiment(name: string): Promise<string | null> {
    try {
      const query = { experiment_name: name };
      const found = await this.door.json(experiment, this.get('experiments/get-by-name', query));
      const { experiment_id, lifecycle_stage } = found.experiment;
      if (lifecycle_stage === 'active') return experiment_id;
      throw experimentDeleted(this.door.url, name, experiment_id);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  start({ experimentId, name, key, tags, at }: RunStart): Promise<RunAnswer> {
    const body = {
      experiment_id: experimentId,
      run_name: name,
      start_time: at,
      tags: pairs({ ...tags, [KEY]: key }),
    };
    return createOnce(this.door.timing, {
      find: async () => oldestFirst(await this.find({ experimentId, tags: { [KEY]: key } })),
      create: async () =>
        (await this.door.json(z.object({ run }), this.post('runs/create', body, false))).run,
      isSame: (one, other) => one.info.run_id === other.info.run_id,
      withdraw: async ({ info }) => this.change('runs/delete', { run_id: info.run_id }),
    });
  }

  async read(id: string): Promise<RunAnswer> {
    try {
      return (await this.door.json(z.object({ run }), this.get('runs/get', { run_id: id }))).run;
    } catch (error) {
      throw isMissing(error) ? noSuchRun(this.door.url, id) : error;
    }
  }

  /** Newest first. */
  async find({ experimentId, status, tags = {} }: RunSearch): Promise<RunAnswer[]> {
    const conditions = [
      ...(status === undefined ? [] : [`attributes.status = '${status}'`]),
      ...tagFilter(tags),
    ];
    const found: RunAnswer[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const body = {
        experiment_ids: [experimentId],
        filter: conditions.join(' AND '),
        max_results: PAGE,
        order_by: ['attributes.start_time DESC'],
        ...(token === '' ? {} : { page_token: token }),
      };
      const page: z.output<typeof runPage> = await this.door.json(
        runPage,
        this.post('runs/search', body, true),
      );
      found.push(...page.runs);
      token = page.next_page_token || undefined;
    }
    return found.filter(({ data }) => hasTags(data.tags, tags));
  }

  /** A change of a run that does the same when it is made twice. */
  async change(
    endpoint: string,
    body: Readonly<Record<string, unknown>> & { run_id: string },
  ): Promise<void> {
    try {
      await this.door.json(anything, this.post(endpoint, body, true));
    } catch (error) {
      throw isMissing(error) ? noSuchRun(this.door.url, body.run_id) : error;
    }
  }

  private get(endpoint: string, query: Record<string, string>): Call {
    return { method: 'GET', path: `${API}/${endpoint}`, query, repeatable: true };
  }

  private post(endpoint: string, body: object, repeatable: boolean): Call {
    return { method: 'POST', path: `${API}/${endpoint}`, body, repeatable };
  }
}

export function pairs(record: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function hasTags(
  tags: readonly { key: string; value: string }[],
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    tags.some((tag) => tag.key === name && tag.value === value),
  );
}

function oldestFirst(runs: readonly RunAnswer[]): RunAnswer[] {
  return runs.toSorted(
    ({ info: a }, { info: b }) => a.start_time - b.start_time || (a.run_id < b.run_id ? -1 : 1),
  );
}

function noSuchRun(url: string, id: string): WmsError {
  return new WmsError({
    kind: 'tracking/no-such-run',
    code: EXIT.network,
    what: `${url} has no run ${id}.`,
    why: 'It was deleted there, or made on another server.',
    next: 'Check the run id, MLFLOW_RUN_ID and the address of the server.',
  });
}

function experimentDeleted(url: string, name: string, id: string): WmsError {
  return new WmsError({
    kind: 'tracking/experiment-deleted',
    code: EXIT.network,
    what: `The experiment ${name} was deleted on ${url}.`,
    why: 'It lies in the bin, where its name stays taken.',
    next: `Bring it back: mlflow experiments restore --experiment-id ${id}; or name another one in tracking.experiment.`,
  });
}
