/** A model that is served under a name of its own. */
export interface ServedModel {
  /** `production`, or as the user named the variant: letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** Of the registry; of a file the first 12 digits of its MD5. */
  readonly version: string;
  /** For people: a path, or `Production v7`. */
  readonly source: string;
  readonly model: Buffer;
  /** Text of its `model.json`; null when there is none. */
  readonly facts: string | null;
}

/** What each thread is started with. */
export interface ThreadStart {
  readonly models: readonly ServedModel[];
  readonly threadsPerModel: number;
  readonly maxPixels: number;
}

export type Job = PhotoJob | TensorJob;
export type JobResult = MaskResult | TensorResult;

export interface PhotoJob {
  /** Name of the served model. */
  readonly variant: string;
  /** Bytes of a PNG, JPEG, WebP or TIFF file. */
  readonly photo: Uint8Array;
}

export interface TensorJob {
  /** Name of the served model. */
  readonly variant: string;
  /** JSON of the Open Inference Protocol. */
  readonly request: Uint8Array;
}

export interface TensorResult {
  /** JSON of the Open Inference Protocol. */
  readonly answer: Uint8Array;
}

export interface MaskResult {
  /** Of photo and mask, oriented. */
  readonly width: number;
  readonly height: number;
  /** Grey PNG: 255 where there is foreground, else 0. */
  readonly mask: Uint8Array;
  /** Mean probability of the foreground, over the pixels that are foreground; null when there are none. */
  readonly score: number | null;
  /** Share of the pixels that are foreground. */
  readonly coverage: number;
}
