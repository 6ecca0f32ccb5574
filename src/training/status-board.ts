import { isWmsError } from '../errors.js';
import { masked, secretsOf } from '../mask.pure.js';
import type { TrainTools } from './job.js';
import { noteName, type TrainStatus, writeStatus } from './status.js';

/** Writes the status beside the model, and into the store, where others see it. */
export class StatusBoard {
  private isWarned = false;

  /** @param commit of the code, which names the note; null: nothing goes to the store */
  constructor(
    private readonly tools: TrainTools,
    private readonly commit: string | null,
  ) {}

  async write(status: TrainStatus): Promise<void> {
    status.updatedAt = this.tools.clock.now().toISOString();
    const { notes, reporter, env } = this.tools;
    const secrets = secretsOf(env);
    // What was typed, and the last lines of what the command printed.
    const [command, error] = [masked(status.command, secrets), masked(status.error, secrets)];
    const content = await writeStatus({ ...status, command, error });
    if (notes === null || this.commit === null) return;
    const name = noteName(this.commit, status.candidate);
    await notes.write(name, Buffer.from(content)).catch((error: unknown) => {
      if (!isWmsError(error)) throw error;
      // A store that takes no notes is no reason not to train.
      if (!this.isWarned) reporter.note(`  ⚠ the store gets no status of this run: ${error.message}`);
      this.isWarned = true;
    });
  }
}
