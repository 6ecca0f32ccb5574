import * as z from 'zod';

const directory = z
  .string()
  .min(1)
  .refine((path) => !/[\p{Cc}]/u.test(path), 'must not hold control characters')
  .refine((path) => !/^[/\\]/.test(path) && !/^[A-Za-z]:/.test(path), 'must be relative to the repository')
  .refine((path) => !path.split(/[\\/]/).includes('..'), 'must stay inside the repository')
  .transform((path) =>
    path
      .split(/[\\/]/)
      .filter((part) => part !== '' && part !== '.')
      .join('/'),
  )
  .refine((path) => path !== '', 'must name something below the top of the repository');

/** Name of a candidate, and of a group. */
export const CANDIDATE = /^[A-Za-z0-9-]{1,60}$/;

const share = z.number().min(0).max(1);

/** `wms.config.json`, as a person writes it. Paths are relative to the top of the repository, `/` between parts. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('Where editors find this description.'),
  dataset: z
    .strictObject({
      images: directory
        .prefault('data/training/images')
        .describe('Directory of the images. Its pointer file (.dvc) stands beside it.'),
      masks: directory
        .prefault('data/training/masks')
        .describe('Directory of the masks: the same relative path as the image, without extension.'),
    })
    .prefault({})
    .describe('Where the dataset lives. Paths are relative to the top of the repository.'),
  publish: z
    .strictObject({
      through: z
        .enum(['store', 'git'])
        .default('store')
        .describe(
          'git: for teammates who may read the store, but not write; the raw files go onto the data branch, and wms ci ingest puts them into the store.',
        ),
    })
    .prefault({})
    .describe('How new images get into the store.'),
  protectedBranches: z
    .array(z.string().min(1))
    .min(1)
    .default(['main'])
    .describe('Branches of the remote that never hold raw files.'),
  model: z
    .strictObject({
      path: directory
        .prefault('models/production.onnx')
        .describe('The Production model: an ONNX file, or the file that a pointer (.dvc) beside it names.'),
    })
    .prefault({})
    .describe('The model that new ones must beat.'),
  smoke: z
    .strictObject({
      maxImages: z.int().min(1).max(1000).default(16).describe('How many new images the smoke test runs on.'),
      required: z
        .boolean()
        .default(true)
        .describe('A smoke test that cannot run (broken model, no runtime) stops the publish.'),
    })
    .prefault({})
    .describe('The smoke test: the Production model on some of the new images, before they are published.'),
  tracking: z
    .strictObject({
      uri: z
        .string()
        .refine(isServerUrl, 'must be the address of an MLflow server: http://… or https://…')
        .refine(
          hasNoPassword,
          'must not hold a password: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
        )
        .optional()
        .describe('Address of the MLflow server. MLFLOW_TRACKING_URI takes its place.'),
      experiment: z
        .string()
        .trim()
        .min(1)
        .max(500)
        .default('wms')
        .describe('Experiment of the training runs.'),
    })
    .prefault({})
    .describe('Where training runs are tracked.'),
  registry: z
    .strictObject({
      kind: z
        .enum(['git', 'mlflow'])
        .default('git')
        .describe('git: model versions in this repository; mlflow: in the registry of the MLflow server.'),
      model: z
        .string()
        .regex(/^[^/:'"`]+$/, 'must be a name without / : and quotes')
        .default('wms')
        .describe('MLflow: name of the registered model.'),
      stages: z
        .boolean()
        .default(false)
        .describe('MLflow: sets the stages Production and Archived, too, which MLflow has deprecated.'),
    })
    .prefault({})
    .describe('Which model versions there are, and which one is Production.'),
  gate: z
    .strictObject({
      firstModel: z
        .enum(['promote', 'refuse'])
        .default('promote')
        .describe('What the gate says while there is no Production model.'),
      minDelta: z
        .number()
        .min(0)
        .lt(1)
        .default(0)
        .describe('Mean Dice and mean IoU must each be higher than Production’s by more than this.'),
      requireSignificant: z
        .boolean()
        .default(false)
        .describe('The gains must also be beyond chance: one-sided 95 % bootstrap over the test images.'),
    })
    .prefault({})
    .describe('When a new model may become Production.'),
  train: z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .default([])
        .describe('What wms ci train runs, one word each, e.g. ["python", "train.py"].'),
      where: z
        .enum(['runner', 'session'])
        .default('runner')
        .describe(
          'Where wms ci train runs the command: on the machine of a cloud session, which wms ci session opens, or on the runner.',
        ),
      split: z
        .strictObject({
          train: share.default(0.7),
          validation: share.default(0.15),
          test: share.default(0.15),
        })
        .prefault({})
        .describe(
          'Shares of the dataset. Other shares are another split: scores on it compare with no earlier ones.',
        ),
      output: directory
        .prefault('runs')
        .describe('Directory of the runs; each has one below it with its model, log and status.'),
      stallMinutes: z
        .number()
        .positive()
        .default(15)
        .describe('A command that prints nothing and logs no metric for so long is ended.'),
      graceSeconds: z
        .number()
        .positive()
        .max(3600)
        .default(10)
        .describe('How long a command may take to end after a signal, before it is killed.'),
      candidates: z
        .array(z.string().regex(CANDIDATE, 'must be letters, digits and -'))
        .default([])
        .describe('Candidates of a group that the decision waits for, e.g. ["unet", "deeplab"].'),
    })
    .prefault({})
    .describe('Training runs (wms train).'),
  cloud: z
    .strictObject({
      engine: z
        .enum(['ec2', 'terraform', 'local'])
        .optional()
        .describe(
          'What makes the machine: ec2 (the AWS API), terraform (your own stack), local (this computer). Default: ec2 where the store is in S3, else local.',
        ),
      region: z
        .string()
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region of AWS, e.g. us-east-1')
        .default('us-east-1')
        .describe('Where the machine is. AWS Academy allows us-east-1 and us-west-2.'),
      size: z
        .string()
        .regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be an instance type of EC2, e.g. t3.large')
        .default('t3.large')
        .describe('Size of the machine. AWS Academy allows sizes up to large.'),
      hours: z
        .number()
        .positive()
        .max(72)
        .default(4)
        .describe('How long a session lasts: then the machine ends itself.'),
      diskGb: z
        .int()
        .min(8)
        .max(1000)
        .default(30)
        .describe('Disk of the machine. AWS Academy allows 100 GB.'),
      instanceProfile: z
        .string()
        .regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of an instance profile')
        .default('LabInstanceProfile')
        .describe('What lets the machine use the store. AWS Academy has LabInstanceProfile.'),
      budgetUsd: z
        .number()
        .positive()
        .optional()
        .describe('What all sessions of a month may cost together, at list price: wms warns from 80 % on.'),
      idleMinutes: z
        .number()
        .min(5)
        .default(30)
        .describe('A machine that nobody uses for so long ends itself.'),
      terraform: z
        .strictObject({
          directory: directory
            .prefault('terraform')
            .describe(
              'Directory of the stack. All that is in its state belongs to the session, and goes with it.',
            ),
          program: z
            .string()
            .min(1)
            .optional()
            .describe('terraform, tofu, or a path. Default: the one that is on the PATH, terraform first.'),
          outputs: z
            .strictObject({
              mlflow: z.string().min(1).optional().describe('Output with the address of MLflow.'),
              api: z.string().min(1).optional().describe('Output with the address of the model API.'),
            })
            .prefault({})
            .describe('Where a session answers: names of outputs. Without them: npx wms cloud connect.'),
          variables: z
            .record(
              z
                .string()
                .regex(
                  /^(?!wms_)[A-Za-z_][A-Za-z0-9_-]*$/,
                  'must be the name of a variable; those of wms come by themselves',
                ),
              z.union([z.string(), z.number(), z.boolean()]),
            )
            .default({})
            .describe('More variables of the stack. Nothing secret: the settings are in Git.'),
        })
        .prefault({})
        .describe('The engine terraform: your own stack, by Terraform or OpenTofu.'),
    })
    .prefault({})
    .describe('Cloud sessions (wms cloud).'),
  serve: z
    .strictObject({
      workers: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe(
          'Threads that work on photos, each with its own copy of each model. Default: one per core, at most 4.',
        ),
      queue: z
        .int()
        .min(0)
        .max(10_000)
        .default(32)
        .describe('Requests that may wait for a thread; more are answered 503 with Retry-After.'),
      maxBodyMB: z.number().positive().max(1000).default(20).describe('Largest request.'),
      maxMegapixels: z.number().positive().max(100).default(50).describe('Largest photo, in million pixels.'),
    })
    .prefault({})
    .describe('The model API (wms serve).'),
});

function isServerUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function hasNoPassword(text: string): boolean {
  return !URL.canParse(text) || new URL(text).password === '';
}

export type ConfigFile = z.input<typeof configSchema>;
/** Settings after defaults and normalisation. */
export type Config = z.output<typeof configSchema>;

/** What a file of the dataset is: also the name of its directory's setting. */
export type Role = keyof Config['dataset'];
export const ROLES: readonly Role[] = ['images', 'masks'];

export const CONFIG_FILE = 'wms.config.json';
