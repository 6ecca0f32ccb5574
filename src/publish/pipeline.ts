import type { Step } from './step.js';
import { branch } from './steps/branch.js';
import { credentials } from './steps/credentials.js';
import { images } from './steps/images.js';
import { merge } from './steps/merge.js';
import { smoke } from './steps/smoke.js';
import { upload } from './steps/upload.js';

/**
 * The main job after its plan, in the order that a person reads. The order in which things are written is the
 * product's promise: objects, then manifests, then the commit, then the ref.
 */
export const PIPELINE: readonly Step[] = [credentials, images, smoke, merge, upload, branch];
