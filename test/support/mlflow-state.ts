import { randomUUID } from 'node:crypto';

export type Json = Record<string, unknown>;
interface Tag {
  readonly key: string;
  readonly value: string;
}
interface Run {
  readonly info: Json & { run_id: string; experiment_id: string; status: string; start_time: number };
  tags: Map<string, string>;
  metrics: Map<string, Json>;
  params: Map<string, string>;
  deleted: boolean;
}
interface Version {
  readonly version: string;
  readonly source: string;
  readonly run_id: string;
  readonly creation_timestamp: number;
  current_stage: string;
  readonly tags: readonly Tag[];
}
interface Model {
  readonly versions: Map<string, Version>;
  readonly aliases: Map<string, string>;
  readonly tags: Map<string, string>;
  made: number;
}

/** An answer of MLflow that is an error. */
export class MlflowRefusal extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
  ) {
    super(message);
  }
}

const missing = (what: string) => new MlflowRefusal(404, 'RESOURCE_DOES_NOT_EXIST', `${what} not found`);
const invalid = (what: string) => new MlflowRefusal(400, 'INVALID_PARAMETER_VALUE', what);
const taken = (what: string) => new MlflowRefusal(400, 'RESOURCE_ALREADY_EXISTS', `${what} already exists.`);
const asTags = (tags: ReadonlyMap<string, string>) => [...tags].map(([key, value]) => ({ key, value }));
const asMap = (tags: unknown) => new Map(((tags ?? []) as Tag[]).map(({ key, value }) => [key, value]));

/** What an MLflow server remembers, and its answers as version 3.17 gives them: only what is used here. */
export class MlflowState {
  readonly experiments = new Map<string, { id: string; deleted: boolean }>();
  readonly runs = new Map<string, Run>();
  readonly models = new Map<string, Model>();
  readonly artifacts = new Map<string, Buffer>();
  /** Place of the artifacts of new runs. */
  artifactRoot = 'mlflow-artifacts:';

  answer(endpoint: string, body: Json): Json {
    const handler = this.handlers[endpoint];
    if (handler === undefined) throw new Error(`unknown endpoint ${endpoint}`);
    return handler(body);
  }

  knows(endpoint: string): boolean {
    return endpoint in this.handlers;
  }

  private readonly handlers: Record<string, (body: Json) => Json> = {
    'POST experiments/search': () => ({ experiments: [] }),
    'GET experiments/get-by-name': ({ experiment_name }) => {
      const found = this.experiments.get(String(experiment_name));
      if (found === undefined) throw missing(`experiment ${experiment_name}`);
      const lifecycle_stage = found.deleted ? 'deleted' : 'active';
      return { experiment: { experiment_id: found.id, lifecycle_stage } };
    },
    'POST experiments/create': ({ name }) => {
      if (this.experiments.has(String(name))) throw taken(`Experiment(name=${name})`);
      const id = String(this.experiments.size + 1);
      this.experiments.set(String(name), { id, deleted: false });
      return { experiment_id: id };
    },
    'POST runs/create': ({ experiment_id, run_name, start_time, tags }) => {
      const run_id = randomUUID().replaceAll('-', '');
      const info = {
        run_id,
        experiment_id: String(experiment_id),
        run_name,
        status: 'RUNNING',
        start_time: Number(start_time),
        artifact_uri: `${this.artifactRoot}/${experiment_id}/${run_id}/artifacts`,
      };
      const run = { info, tags: asMap(tags), metrics: new Map(), params: new Map(), deleted: false };
      this.runs.set(run_id, run);
      return { run: shown(run) };
    },
    'GET runs/get': ({ run_id }) => ({ run: shown(this.run(run_id)) }),
    'POST runs/search': ({ experiment_ids, filter, max_results, page_token }) => {
      const found = [...this.runs.values()]
        .filter(({ info, deleted }) => !deleted && (experiment_ids as string[]).includes(info.experiment_id))
        .filter(({ info, tags }) => matches(String(filter), { 'attributes.status': info.status }, tags))
        .toSorted((a, b) => b.info.start_time - a.info.start_time);
      return page('runs', found.map(shown), Number(max_results), page_token);
    },
    'POST runs/update': ({ run_id, status, end_time }) => {
      Object.assign(this.run(run_id).info, { status, end_time });
      return {};
    },
    'POST runs/delete': ({ run_id }) => {
      this.run(run_id).deleted = true;
      return {};
    },
    'POST runs/log-batch': ({ run_id, metrics = [], params = [], tags = [] }) => {
      const run = this.run(run_id);
      const items = [metrics, params, tags].map((list) => (list as Json[]).length);
      if (items.some((count, index) => count > (index === 0 ? 1000 : 100))) throw invalid('too many items');
      for (const metric of metrics as Json[]) run.metrics.set(String(metric.key), metric);
      for (const [key, value] of asMap(params)) {
        if ((run.params.get(key) ?? value) !== value) throw invalid('Changing param values is not allowed.');
        run.params.set(key, value);
      }
      for (const [key, value] of asMap(tags)) run.tags.set(key, value);
      return {};
    },
    'POST registered-models/create': ({ name }) => {
      if (this.models.has(String(name))) throw taken(`Registered Model (name=${name})`);
      this.models.set(String(name), { versions: new Map(), aliases: new Map(), tags: new Map(), made: 0 });
      return { registered_model: { name } };
    },
    'GET registered-models/get': ({ name }) => {
      const { versions, aliases, tags } = this.model(name);
      const newest = new Map([...versions.values()].map((each) => [each.current_stage, each]));
      // MLflow leaves out what is empty.
      const lists = {
        latest_versions: [...newest.values()],
        tags: asTags(tags),
        aliases: [...aliases].map(([alias, version]) => ({ alias, version })),
      };
      const present = Object.entries(lists).filter(([, list]) => list.length > 0);
      return { registered_model: { name, ...Object.fromEntries(present) } };
    },
    'GET registered-models/alias': ({ name, alias }) => {
      const { aliases } = this.model(name);
      const version = aliases.get(String(alias));
      if (version === undefined) throw invalid(`Registered model alias ${alias} not found.`);
      return { model_version: this.version(name, version) };
    },
    'POST registered-models/alias': ({ name, alias, version }) => {
      this.version(name, version);
      this.model(name).aliases.set(String(alias), String(version));
      return {};
    },
    'POST registered-models/set-tag': ({ name, key, value }) => {
      this.model(name).tags.set(String(key), String(value));
      return {};
    },
    'DELETE registered-models/delete-tag': ({ name, key }) => {
      this.model(name).tags.delete(String(key));
      return {};
    },
    'POST model-versions/create': ({ name, source, run_id, tags }) => {
      const model = this.model(name);
      const { info } = this.run(run_id);
      if (!String(source).startsWith(String(info.artifact_uri)))
        throw invalid('Invalid model version source');
      model.made += 1;
      const made: Version = {
        version: String(model.made),
        source: String(source),
        run_id: String(run_id),
        creation_timestamp: Date.now(),
        current_stage: 'None',
        tags: tags as Tag[],
      };
      model.versions.set(made.version, made);
      return { model_version: made };
    },
    'GET model-versions/get': ({ name, version }) => ({ model_version: this.version(name, version) }),
    'GET model-versions/search': ({ filter, max_results, page_token }) => {
      const found = [...this.models].flatMap(([name, { versions }]) =>
        [...versions.values()].filter(({ tags }) => matches(String(filter), { name }, asMap(tags))),
      );
      return page('model_versions', found, Number(max_results), page_token);
    },
    'DELETE model-versions/delete': ({ name, version }) => {
      this.version(name, version);
      this.model(name).versions.delete(String(version));
      return {};
    },
    'GET model-versions/get-download-uri': ({ name, version }) => ({
      artifact_uri: this.version(name, version).source,
    }),
    'POST model-versions/transition-stage': ({ name, version, stage }) => {
      const found = this.version(name, version);
      found.current_stage = String(stage);
      return { model_version: found };
    },
  };

  run(id: unknown): Run {
    const found = this.runs.get(String(id));
    if (found === undefined) throw missing(`Run with id=${id}`);
    return found;
  }

  model(name: unknown): Model {
    const found = this.models.get(String(name));
    if (found === undefined) throw missing(`Registered Model with name=${name}`);
    return found;
  }

  private version(name: unknown, version: unknown): Version {
    const found = this.model(name).versions.get(String(version));
    if (found === undefined) throw missing(`Model Version (name=${name}, version=${version})`);
    return found;
  }
}

function shown({ info, tags, metrics, params }: Run): Json {
  return { info, data: { tags: asTags(tags), metrics: [...metrics.values()], params: asTags(params) } };
}

function page(name: string, items: readonly unknown[], most: number, token: unknown): Json {
  const start = Number(token ?? 0);
  const next = start + most < items.length ? { next_page_token: String(start + most) } : {};
  return { [name]: items.slice(start, start + most), ...next };
}

/** The part of MLflow's filters that is used here: comparisons with `=`, joined by AND. */
function matches(
  filter: string,
  fields: Record<string, unknown>,
  tags: ReadonlyMap<string, string>,
): boolean {
  if (filter === '') return true;
  return filter.split(' AND ').every((condition) => {
    const [, name = '', , value] = /^(\S+) = (['"])(.*)\2$/.exec(condition) ?? [];
    const [, tag] = /^tags\.`(.+)`$/.exec(name) ?? [];
    if (value === undefined || (tag === undefined && !(name in fields))) throw invalid(`filter ${condition}`);
    return (tag === undefined ? fields[name] : tags.get(tag)) === value;
  });
}
