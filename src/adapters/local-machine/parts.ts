import type { CommandRunner } from '../../ports/command-runner.js';
import type { StoreNotes } from '../../ports/store-notes.js';
import type { Card, MachinePlace } from './card.js';

export interface SupervisorParts {
  readonly card: Card;
  readonly place: MachinePlace;
  readonly notes: StoreNotes;
  readonly runner: CommandRunner;
  readonly env: Record<string, string>;
  /** Where MLflow keeps its data. */
  readonly mlflowDirectory: string;
  /** Aborted when the system wants the process to end; the reason says why. */
  readonly signal: AbortSignal;
}
