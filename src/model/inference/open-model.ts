import type { ModelRunner, Tensor, TensorInfo } from '../../ports/model-runner.js';
import { deriveModelFacts, type ModelFacts, parseModelFacts } from './model-facts.js';
import { PredictionReader } from './prediction.js';
import { imageTensor, type ModelSize, modelSize } from './tensor.js';

export interface ModelFiles {
  /** For people: where the model lies. */
  readonly path: string;
  /** Bytes of the ONNX file. */
  readonly model: Buffer;
  /** Text of the `model.json` beside it; null when there is none. */
  readonly facts: string | null;
}

/** What a model itself takes and answers; both are float32. */
export interface ModelTensors {
  readonly input: TensorInfo;
  readonly output: TensorInfo;
}

/** A model that is loaded and knows how it is fed. */
export interface OpenModel {
  readonly facts: ModelFacts;
  readonly size: ModelSize;
  readonly tensors: ModelTensors;
  /**
   * Probability of foreground, one per pixel at the output's size. `pixels` have the input's size: height × width × 3.
   * Several images may be on their way at once.
   * @param name of the image, for errors
   * @throws WmsError `model/inference-failed`, `model/bad-output`
   */
  predict(name: string, pixels: Uint8ClampedArray): Promise<Float32Array>;
  /**
   * The model's own output for a tensor of the input's shape, unread.
   * @throws WmsError `model/inference-failed`
   */
  infer(tensor: Tensor): Promise<Tensor>;
  /** Call after the last image. @throws WmsError `model/bad-output` when the model did not look at its input */
  finish(): void;
  close(): Promise<void>;
}

/**
 * @throws WmsError (exit code 2) `model/runtime-missing`, `model/broken`, `model/facts-missing`,
 * `model/facts-invalid`, `model/wrong-input`
 */
export async function openModel(runner: ModelRunner, files: ModelFiles): Promise<OpenModel> {
  const told = files.facts === null ? null : parseModelFacts(files.facts, factsPath(files));
  const model = await runner.load(files.model);
  try {
    const facts = told ?? deriveModelFacts(model.inputs, model.outputs);
    const size = modelSize(facts, model);
    const reader = new PredictionReader(facts, size.output);
    // `modelSize` has found them.
    const find = (all: readonly TensorInfo[], wanted: string) =>
      all.find(({ name }) => name === wanted) as TensorInfo;
    const { input, output } = facts;
    return {
      facts,
      size,
      tensors: { input: find(model.inputs, input.name), output: find(model.outputs, output.name) },
      async predict(name, pixels) {
        const tensor = imageTensor(pixels, size.input, facts);
        const answer = await model.run({ name: facts.input.name, tensor });
        return reader.read(name, tensor, answer[facts.output.name]);
      },
      infer: async (tensor) => (await model.run({ name: input.name, tensor }))[output.name] as Tensor,
      finish: () => reader.finish(),
      close: () => model.close(),
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

function factsPath({ path }: ModelFiles): string {
  return `${path.slice(0, path.lastIndexOf('/') + 1)}model.json`;
}
