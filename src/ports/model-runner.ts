/** A float32 tensor, row-major. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export interface TensorInfo {
  readonly name: string;
  /** Element type as ONNX names it, e.g. `float32`. */
  readonly type: string;
  /** A symbolic dimension (batch, say) is a string. */
  readonly shape: readonly (number | string)[];
}

export interface LoadedModel {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Runs one inference off the main thread. Throws WmsError `model/inference-failed`. */
  run(input: { readonly name: string; readonly tensor: Tensor }): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

export interface ModelRunner {
  /**
   * Loads an ONNX model. Throws WmsError `model/runtime-missing` (onnxruntime-node is not there and could not be
   * installed) or `model/broken` (the file is not a model that the runtime accepts).
   */
  load(model: Buffer): Promise<LoadedModel>;
}
