import type { StepReport } from '../../ports/reporter.js';

const DRAWN_EVERY_MS = 100;

/** Counts what a pull does, and shows it: `120/500 files, 31.4 MB from the store, 12.1 MB/s`. */
export class PullProgress {
  files = 0;
  /** Objects and bytes that came from the store. */
  fetched = 0;
  fetchedBytes = 0;
  private readonly started = performance.now();
  private drawn = 0;

  constructor(
    private readonly report: StepReport,
    private readonly total: number,
  ) {}

  received(bytes: number): void {
    this.fetched += 1;
    this.fetchedBytes += bytes;
  }

  placed(): void {
    this.files += 1;
    const now = performance.now();
    if (now - this.drawn < DRAWN_EVERY_MS) return;
    this.drawn = now;
    this.report.progress(`${this.files}/${this.total} files, ${this.transferred()}`);
  }

  /** `31.4 MB from the store, 12.1 MB/s` */
  transferred(): string {
    const seconds = Math.max(0.001, (performance.now() - this.started) / 1000);
    const megabytes = this.fetchedBytes / 1e6;
    return `${megabytes.toFixed(1)} MB from the store, ${(megabytes / seconds).toFixed(1)} MB/s`;
  }
}
