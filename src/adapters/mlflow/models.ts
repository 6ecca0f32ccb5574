import * as z from 'zod';
import { EXIT, WmsError } from '../../errors.js';
import type { Call, MlflowDoor } from './door.js';
import { isMissing, isRefused } from './errors.js';
import { tagFilter } from './filter.pure.js';
import { pairs } from './runs.js';
import { modelVersion, registeredModel, type VersionAnswer, versionPage } from './version-answers.js';

const API = 'api/2.0/mlflow';
const PAGE = 200;
const anything = z.object({});

export type RegisteredModel = z.output<typeof registeredModel>['registered_model'];

/** One registered model, as the REST API has it. */
export class MlflowModel {
  constructor(
    private readonly door: MlflowDoor,
    readonly name: string,
  ) {}

  /** Null when the server has no model of that name. */
  async read(): Promise<RegisteredModel | null> {
    try {
      const path = 'registered-models/get';
      return (await this.door.json(registeredModel, this.get(path, {}))).registered_model;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async ensure(): Promise<void> {
    try {
      await this.write('registered-models/create', {});
    } catch (error) {
      if (!isRefused(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
    }
  }

  /** Version with the alias; null when the server says that there is no such model or alias. */
  async byAlias(alias: string): Promise<VersionAnswer | null> {
    try {
      return await this.versionFrom(this.get('registered-models/alias', { alias }));
    } catch (error) {
      // This is MLflow's answer for an alias that is not there, and for other mistakes: so it is asked once more.
      const isAbsent = isMissing(error) || isRefused(error, 'INVALID_PARAMETER_VALUE');
      if (!isAbsent) throw error;
      const model = await this.read();
      if (model === null || !model.aliases.some((each) => each.alias === alias)) return null;
      throw error;
    }
  }

  /** Throws `registry/no-such-version` (exit code 5). */
  async version(version: string): Promise<VersionAnswer> {
    try {
      return await this.versionFrom(this.get('model-versions/get', { version }));
    } catch (error) {
      // A version that is no number is refused as a wrong parameter.
      if (!isMissing(error) && !isRefused(error, 'INVALID_PARAMETER_VALUE')) throw error;
      throw new WmsError({
        kind: 'registry/no-such-version',
        code: EXIT.network,
        what: `The registered model ${this.name} has no version ${version}.`,
        why: `${this.door.url} does not know it.`,
        next: 'npx wms model history',
      });
    }
  }

  /** Newest first. */
  async versions(tags: Readonly<Record<string, string>> = {}): Promise<VersionAnswer[]> {
    const filter = [`name = '${this.name}'`, ...tagFilter(tags)].join(' AND ');
    const found: VersionAnswer[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const query = { filter, max_results: String(PAGE), ...(token === '' ? {} : { page_token: token }) };
      const call: Call = { method: 'GET', path: `${API}/model-versions/search`, query, repeatable: true };
      const page: z.output<typeof versionPage> = await this.door.json(versionPage, call);
      found.push(...page.model_versions);
      token = page.next_page_token || undefined;
    }
    return found.toSorted((a, b) => Number(b.version) - Number(a.version));
  }

  /** Not to be repeated: every call makes another version. */
  createVersion(
    source: string,
    runId: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<VersionAnswer> {
    const body = { name: this.name, source, run_id: runId, tags: pairs(tags) };
    return this.versionFrom({
      method: 'POST',
      path: `${API}/model-versions/create`,
      body,
      repeatable: false,
    });
  }

  deleteVersion(version: string): Promise<void> {
    return this.remove('model-versions/delete', { version });
  }

  /** Place of the version's files. For models that MLflow 3 logged this is not where its `source` points. */
  async downloadUri(version: string): Promise<string> {
    const shape = z.object({ artifact_uri: z.string() });
    return (await this.door.json(shape, this.get('model-versions/get-download-uri', { version })))
      .artifact_uri;
  }

  setAlias(alias: string, version: string): Promise<void> {
    return this.write('registered-models/alias', { alias, version });
  }

  setTag(tag: { readonly key: string; readonly value: string }): Promise<void> {
    return this.write('registered-models/set-tag', tag);
  }

  deleteTag(key: string): Promise<void> {
    return this.remove('registered-models/delete-tag', { key });
  }

  setStage(version: string, stage: 'Production' | 'Archived'): Promise<void> {
    return this.write('model-versions/transition-stage', {
      version,
      stage,
      archive_existing_versions: false,
    });
  }

  private async versionFrom(call: Call): Promise<VersionAnswer> {
    return (await this.door.json(z.object({ model_version: modelVersion }), call)).model_version;
  }

  private get(endpoint: string, query: Record<string, string>): Call {
    const path = `${API}/${endpoint}`;
    return { method: 'GET', path, query: { name: this.name, ...query }, repeatable: true };
  }

  /** Only for what does the same when it is done twice. */
  private async write(endpoint: string, body: object, method: 'POST' | 'DELETE' = 'POST'): Promise<void> {
    const path = `${API}/${endpoint}`;
    await this.door.json(anything, { method, path, body: { name: this.name, ...body }, repeatable: true });
  }

  private async remove(endpoint: string, body: object): Promise<void> {
    await this.write(endpoint, body, 'DELETE').catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}
