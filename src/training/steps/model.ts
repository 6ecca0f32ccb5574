import { createHash } from 'node:crypto';
import { EXIT, WmsError } from '../../errors.js';
import { checkModelFile } from '../../model/inference/check-model.js';
import { grouped } from '../../words.js';
import { MODEL, readModel, readReported } from '../outputs.js';
import { scoreRun } from '../score-run.js';
import type { Step } from '../step.js';

/** Whether the command left a model that works: a dummy is a failure, however well the command ended. */
export const model: Step = {
  title: 'Model',
  async run(job, report) {
    const { tools, directory, status } = job;
    const files = await readModel(directory);
    if (files === null) throw noModel(directory);
    report.progress('does it load, and look at its input?');
    const { size } = await checkModelFile(tools.runner, files);
    const scores = await scoreRun(job, files, (done, of) => report.progress(`${done}/${of} test images`));
    const { metrics: reported, problem } = await readReported(directory);
    status.result = {
      model: createHash('md5').update(files.model).digest('hex'),
      scores,
      reported,
      isUploaded: null,
    };
    const kilobytes = grouped(Math.ceil(files.model.length / 1000));
    const shown = `${MODEL} · ${kilobytes} kB, input ${size.input.width} × ${size.input.height}`;
    if (problem === null) report.done(shown);
    else report.warned(`${shown} · ${problem}`);
  },
};

function noModel(directory: string): WmsError {
  return new WmsError({
    kind: 'train/no-model',
    code: EXIT.usage,
    what: `The command ended well, but left no ${MODEL} in ${directory}.`,
    why: 'It finds this directory in WMS_OUTPUT_DIR.',
    next: 'Let it write model.onnx and model.json there (docs/train.md).',
  });
}
