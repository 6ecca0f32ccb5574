/** What a run tells its command, beside what the environment held before. */
export interface RunFacts {
  readonly dataDirectory: string;
  readonly splitFile: string;
  readonly outputDirectory: string;
  readonly seed: string;
  readonly key: string;
  readonly maxImages: number | null;
  readonly candidate: string | null;
  readonly tracking: { readonly uri: string; readonly experiment: string; readonly runId: string } | null;
}

/** docs/train.md has the same list. */
export function commandEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  facts: RunFacts,
): Record<string, string> {
  const { tracking, maxImages, candidate } = facts;
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(WMS_|MLFLOW_RUN_ID$)/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    // Output that waits in a buffer would look like a command that hangs.
    PYTHONUNBUFFERED: '1',
    WMS_DATA_DIR: facts.dataDirectory,
    WMS_SPLIT: facts.splitFile,
    WMS_OUTPUT_DIR: facts.outputDirectory,
    WMS_SEED: facts.seed,
    WMS_RUN_KEY: facts.key,
    ...(maxImages === null ? {} : { WMS_MAX_IMAGES: String(maxImages) }),
    ...(candidate === null ? {} : { WMS_CANDIDATE: candidate }),
    ...(tracking === null
      ? {}
      : {
          MLFLOW_TRACKING_URI: tracking.uri,
          MLFLOW_EXPERIMENT_NAME: tracking.experiment,
          MLFLOW_RUN_ID: tracking.runId,
        }),
  };
}
