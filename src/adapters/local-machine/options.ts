import type { Card } from './card.js';

export interface LocalOptions {
  /** Absolute. All that this engine keeps is in here; the notes, too (`openDirectoryNotes`). */
  readonly directory: string;
  /** Names of the session's notes. */
  readonly notesOf: (session: string) => Card['notes'];
  readonly idleMinutes: number;
  /** Top of the working tree whose Production model is served. */
  readonly topLevel: string;
  /** The settings name an MLflow server; else the model API asks the session's own. */
  readonly hasTracking: boolean;
  /** Directory of this package. */
  readonly packageRoot: string;
  /** Of the machine and of what runs on it. */
  readonly env: NodeJS.ProcessEnv;
}
