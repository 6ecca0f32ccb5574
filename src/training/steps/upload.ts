import { isWmsError } from '../../errors.js';
import { found } from '../job.js';
import type { Step } from '../step.js';
import { uploadRun } from '../upload.js';

/** The model is made: nothing that fails here takes it away. */
export const upload: Step = {
  title: 'Upload',
  async run(job, report) {
    const { tools, status } = job;
    const run = found(job, 'run');
    if (tools.tracking === null || run === null) return report.skipped('no tracking server');
    report.progress(`to ${tools.tracking.url}`);
    try {
      await uploadRun(tools.tracking, run.id, status, tools.clock);
      if (status.result !== null) status.result.isUploaded = true;
      report.done(`model, split and log are with the run ${run.id}`);
    } catch (error) {
      if (!isWmsError(error)) throw error;
      if (status.result !== null) status.result.isUploaded = false;
      const [reason = ''] = (error.why ?? '').split('\n');
      report.warned(
        `${error.message} ${reason} The model stays here. Later: npx wms train upload ${job.place}`,
      );
    }
  },
};
