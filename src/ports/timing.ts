/** Time and chance, so that tests need neither. */
export interface Timing {
  /** Milliseconds since some moment. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}
