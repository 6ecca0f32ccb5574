/** One titled step of a job, as a user sees it. */
export interface StepReport {
  /** Replaces the progress text: "12/50 objects, 3.1 of 9.8 MB". */
  progress(text: string): void;
  done(detail: string): void;
  /** The step had nothing to do. */
  skipped(detail: string): void;
  /** Done, with something that the user should read. */
  warned(detail: string): void;
  failed(detail: string): void;
}

/** Everything that a person reads while a job runs. Goes to stderr: stdout belongs to `--json` and to Git. */
export interface Reporter {
  heading(text: string): void;
  /** Steps are printed in the order in which they were announced, whatever order they end in. */
  step(title: string): StepReport;
  note(text: string): void;
  /** Draws nothing while `work` asks a person something. */
  pausedFor<T>(work: () => Promise<T>): Promise<T>;
  /** Ends progress display. Printing goes on as plain lines. */
  close(): void;
}
