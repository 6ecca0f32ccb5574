import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyModel, tinyModelFacts } from '../sample/tiny-model.js';

const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
echo "epoch 1/1"
cp "$here/$(cat "$here/model").onnx" "$WMS_OUTPUT_DIR/model.onnx"
cp "$here/model.json" "$WMS_OUTPUT_DIR/model.json"
`;

/** Stands in for a team's trainer, which would need Python: it knows two models, and `training/model` says which. */
export async function writeTrainer(clone: string): Promise<void> {
  const training = join(clone, 'training');
  await mkdir(training);
  await writeFile(join(training, 'train.sh'), SCRIPT);
  await writeFile(join(training, 'simple.onnx'), tinyModel({ darkness: 0.35 }));
  await writeFile(join(training, 'better.onnx'), tinyModel());
  await writeFile(join(training, 'model.json'), tinyModelFacts());
  await writeFile(join(training, 'model'), 'simple\n');
  const settings = join(clone, 'wms.config.json');
  const config = JSON.parse(await readFile(settings, 'utf8'));
  config.train = { command: ['sh', 'training/train.sh'] };
  await writeFile(settings, `${JSON.stringify(config, null, 2)}\n`);
}
