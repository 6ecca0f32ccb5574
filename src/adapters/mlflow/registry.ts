import { EXIT, WmsError } from '../../errors.js';
import type {
  ModelFilesToRegister,
  ModelOrigin,
  ModelVersion,
  Promotion,
  PromotionRequest,
  Registry,
} from '../../ports/registry.js';
import { MlflowArtifacts } from './artifacts.js';
import { createOnce } from './create-once.js';
import type { MlflowDoor } from './door.js';
import { loadModel, modelId, storeModel } from './model-files.js';
import { MlflowModel } from './models.js';
import { MODEL_TAG, originTags } from './origin-tags.pure.js';
import { changed, PRODUCTION, promote, readPromotions, settle } from './promote.js';
import type { RunAnswer } from './run-answers.js';
import { MlflowRuns } from './runs.js';
import { readVersion, type VersionAnswer } from './version-answers.js';

export interface MlflowRegistryOptions {
  /** Name of the registered model. */
  readonly model: string;
  /** Experiment of the runs that we make for models without one. */
  readonly experiment: string;
  /** Sets the deprecated stages, too. */
  readonly stages: boolean;
}

export class MlflowRegistry implements Registry {
  readonly url: string;
  private readonly model: MlflowModel;
  private readonly runs: MlflowRuns;
  private readonly artifacts: MlflowArtifacts;

  constructor(
    private readonly door: MlflowDoor,
    private readonly options: MlflowRegistryOptions,
  ) {
    this.url = `mlflow ${door.url} (model ${options.model})`;
    this.model = new MlflowModel(door, options.model);
    this.runs = new MlflowRuns(door);
    this.artifacts = new MlflowArtifacts(door);
  }

  async production(): Promise<ModelVersion | null> {
    const version = await this.model.byAlias(PRODUCTION);
    if (version !== null) return readVersion(version);
    const staged = (await this.model.read())?.latest_versions.find(
      ({ current_stage }) => current_stage === 'Production',
    );
    if (staged === undefined) return null;
    throw this.onlyStaged(staged);
  }

  async versions(): Promise<ModelVersion[]> {
    return (await this.model.versions()).map(readVersion);
  }

  async register(files: ModelFilesToRegister, origin: ModelOrigin): Promise<ModelVersion> {
    const id = modelId(files.model);
    await this.model.ensure();
    const registered = await createOnce(this.door.timing, {
      find: async () => (await this.model.versions({ [MODEL_TAG]: id })).filter(hasModel(id)).toReversed(),
      create: async () => {
        const { info } = await this.runOf(origin, id);
        const source = await storeModel(this.artifacts, info.artifact_uri, files);
        return this.model.createVersion(source, info.run_id, originTags(id, origin));
      },
      isSame: (one, other) => one.version === other.version,
      withdraw: ({ version }) => this.model.deleteVersion(version),
    });
    return readVersion(await this.model.version(registered.version));
  }

  async promote(request: PromotionRequest): Promise<void> {
    const current = (await this.production())?.version ?? null;
    if (current !== request.version) {
      if (current !== request.expected) throw changed(request.version, request.expected, current);
      await this.model.version(request.version);
      await promote(this.model, request, current);
    }
    await settle(this.model, this.options.stages);
  }

  promotions(): Promise<Promotion[]> {
    return readPromotions(this.model);
  }

  async load(version: string): Promise<ModelFilesToRegister> {
    const { model } = readVersion(await this.model.version(version));
    const uri = await this.model.downloadUri(version);
    return loadModel(this.artifacts, uri, `version ${version} of ${this.options.model}`, model);
  }

  /** MLflow wants every version to lie below a run: the one that trained the model, or one that we make for it. */
  private async runOf(origin: ModelOrigin, id: string): Promise<RunAnswer> {
    if (origin.runId !== null) return this.runs.read(origin.runId);
    const { id: experimentId } = await this.runs.openExperiment(this.options.experiment);
    const at = Date.now();
    const name = `model ${id.slice(0, 8)}`;
    const run = await this.runs.start({ experimentId, name, key: `model-${id}`, tags: {}, at });
    await this.runs.change('runs/update', { run_id: run.info.run_id, status: 'FINISHED', end_time: at });
    return run;
  }

  private onlyStaged({ version }: VersionAnswer): WmsError {
    const name = this.options.model;
    return new WmsError({
      kind: 'registry/only-staged',
      code: EXIT.network,
      what: `Version ${version} of ${name} has the stage Production, but no version has the alias ${PRODUCTION}.`,
      why: 'Stages are deprecated, so wms goes by the alias; without one it would take any model for the first.',
      next: `Set the alias on the model's page in MLflow, or in Python: MlflowClient().set_registered_model_alias("${name}", "${PRODUCTION}", "${version}")`,
    });
  }
}

/** Some databases ignore the case of what they compare. */
function hasModel(id: string): (version: VersionAnswer) => boolean {
  return ({ tags }) => tags.some(({ key, value }) => key === MODEL_TAG && value === id);
}
