import { EXIT, WmsError } from '../../src/errors.js';
import type {
  ModelFilesToRegister,
  ModelOrigin,
  ModelVersion,
  Promotion,
  PromotionRequest,
  Registry,
} from '../../src/ports/registry.js';
import { md5Of } from './promoted-models.js';

interface Registered {
  readonly version: ModelVersion;
  readonly files: ModelFilesToRegister;
}

/** A registry that is not Git: it leaves the files that tell of a promotion to the caller. */
export class MemoryRegistry implements Registry {
  readonly url = 'memory';
  private readonly registered: Registered[] = [];
  private readonly changes: Promotion[] = [];
  /** Oldest first. */
  private isCutOff = false;
  private dying: { call: string; when: 'before' | 'after' } | null = null;

  /** The process dies at the next call of that name: before it has an effect, or after. */
  dieAt(call: 'register' | 'promote', when: 'before' | 'after'): void {
    this.dying = { call, when };
  }

  cutOff(): void {
    this.isCutOff = true;
  }

  async production(): Promise<ModelVersion | null> {
    this.reach();
    const last = this.changes.at(-1);
    return last === undefined ? null : this.find(last.version).version;
  }

  async versions(): Promise<ModelVersion[]> {
    this.reach();
    return this.registered.map(({ version }) => version).toReversed();
  }

  async promotions(): Promise<Promotion[]> {
    this.reach();
    return this.changes.toReversed();
  }

  async load(version: string): Promise<ModelFilesToRegister> {
    this.reach();
    return this.find(version).files;
  }

  register(files: ModelFilesToRegister, origin: ModelOrigin): Promise<ModelVersion> {
    return this.mayDie('register', () => {
      const model = md5Of(files.model);
      const same = this.registered.find(({ version }) => version.model === model);
      if (same !== undefined) return same.version;
      const number = this.registered.length + 1;
      const createdAt = new Date(number * 1000).toISOString();
      const version = { ...origin, version: String(number), model, createdAt };
      this.registered.push({ version, files });
      return version;
    });
  }

  promote({ version, expected, at, who, reason }: PromotionRequest): Promise<void> {
    return this.mayDie('promote', () => {
      this.find(version);
      const replaced = this.changes.at(-1)?.version ?? null;
      if (replaced === version) return;
      if (replaced !== expected) throw failure('registry/changed', EXIT.conflict);
      this.changes.push({ version, replaced, at, who, reason });
    });
  }

  private reach(): void {
    if (this.isCutOff) throw failure('registry/unreachable', EXIT.network);
  }

  private find(version: string): Registered {
    const found = this.registered.find((one) => one.version.version === version);
    if (found === undefined) throw failure('registry/no-such-version', EXIT.usage);
    return found;
  }

  private async mayDie<T>(call: string, effect: () => T): Promise<T> {
    this.reach();
    const when = this.dying?.call === call ? this.dying.when : null;
    if (when !== null) this.dying = null;
    if (when === 'before') throw new Death();
    const result = effect();
    if (when === 'after') throw new Death();
    return result;
  }
}

/** Stands for a kill: nothing catches it. */
export class Death extends Error {}

function failure(kind: string, code: 2 | 5 | 6): WmsError {
  return new WmsError({ kind, code, what: kind });
}
