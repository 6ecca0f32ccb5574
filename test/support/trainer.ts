import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { commitFiles, git } from './scratch.js';

/** What a trainer does in the wild, by its first argument. It leaves its environment in `environment.txt`. */
const SCRIPT = `#!/bin/sh
models=$(dirname "$0")/models
leave() { cp "$models/$1" "$WMS_OUTPUT_DIR/model.onnx"; cp "$models/model.json" "$WMS_OUTPUT_DIR/model.json"; }
env | sort > "$WMS_OUTPUT_DIR/environment.txt"
find "$WMS_DATA_DIR" -type f | wc -l | tr -d ' ' > "$WMS_OUTPUT_DIR/files.txt"
echo "features ready"
case "$1" in
  good) echo '{"dice": 0.99}' > "$WMS_OUTPUT_DIR/metrics.json"; leave good.onnx; echo "epoch 1/1" ;;
  dummy) leave dummy.onnx ;;
  nan) leave nan.onnx ;;
  nothing) ;;
  crash) echo "CUDA out of memory" >&2; exit 3 ;;
  crash-deeplab) leave good.onnx; [ "$WMS_CANDIDATE" != deeplab ] || exit 3 ;;
  hang) touch "$WMS_OUTPUT_DIR/hangs"; sleep 600 ;;
  deaf) trap "" TERM INT; touch "$WMS_OUTPUT_DIR/hangs"; sleep 600; sleep 600 ;;
  children) sleep 600 & echo $! > "$WMS_OUTPUT_DIR/child"; touch "$WMS_OUTPUT_DIR/hangs"; wait ;;
esac
`;

/** Commits `train.sh` into a clone; `./train.sh good` trains a model that works. */
export async function commitTrainer(clone: string): Promise<void> {
  await commitFiles(clone, {
    'train.sh': SCRIPT,
    'models/good.onnx': tinyModel(),
    'models/dummy.onnx': tinyModel({ gain: 0 }),
    'models/nan.onnx': tinyModel({ gain: Number.NaN }),
    'models/model.json': tinyModelFacts(),
  });
  await chmod(join(clone, 'train.sh'), 0o755);
  await git(clone, 'commit', '--quiet', '--no-verify', '--all', '-m', 'executable');
}
