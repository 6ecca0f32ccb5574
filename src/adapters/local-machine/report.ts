import type { StoreNotes } from '../../ports/store-notes.js';
import type { Card } from './card.js';

interface Told {
  readonly stage?: 'booted' | 'mlflow-ready' | 'ready' | 'failed';
  readonly failure?: string;
  /** Why there is no MLflow or no model API. */
  readonly told?: { readonly mlflow?: string; readonly api?: string };
  readonly dump?: { readonly at: string; readonly key: string };
}

/** The note in which the machine tells how far it is: written whole each time, one after the other. */
export class Report {
  #content: Told = {};
  #written = Promise.resolve();

  constructor(
    private readonly notes: StoreNotes,
    private readonly card: Card,
  ) {}

  tell(changes: Told): Promise<void> {
    const told = { ...this.#content.told, ...changes.told };
    this.#content = { ...this.#content, ...changes, told };
    const content = { session: this.card.session, at: new Date().toISOString(), ...this.#content };
    const bytes = Buffer.from(`${JSON.stringify(content, null, 1)}\n`);
    // Whoever waits for it says that it did not come.
    this.#written = this.#written.then(() =>
      this.notes.write(this.card.notes.report, bytes).catch(() => undefined),
    );
    return this.#written;
  }
}
