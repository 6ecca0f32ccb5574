import type { Step } from './step.js';
import { command } from './steps/command.js';
import { data } from './steps/data.js';
import { files } from './steps/files.js';
import { model } from './steps/model.js';
import { run } from './steps/run.js';
import { split } from './steps/split.js';
import { tracking } from './steps/tracking.js';
import { training } from './steps/training.js';
import { upload } from './steps/upload.js';

/** A training run, in order. Whatever fails before Training aborts before anything is trained. */
export const PIPELINE: readonly Step[] = [
  command,
  tracking,
  data,
  split,
  run,
  files,
  training,
  model,
  upload,
];
