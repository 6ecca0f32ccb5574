import type { Config, Role } from '../config/schema.js';
import type { DatasetBase } from '../dataset/dataset-base.js';
import type { MergePlan } from '../dataset/merge-plan.js';
import type { RawFile } from '../dataset/raw-files.js';
import type { Clock } from '../ports/clock.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { Identity } from '../ports/identity.js';
import type { ModelRunner } from '../ports/model-runner.js';
import type { ObjectStore } from '../ports/object-store.js';
import type { Prompter } from '../ports/prompter.js';
import type { Reporter } from '../ports/reporter.js';
import type { StoreNotes } from '../ports/store-notes.js';
import type { Inspection, Problem } from '../quality/pair-set.js';
import type { SmokeResult } from '../quality/smoke.js';
import type { Journal } from './journal.js';
import type { PublishPlan } from './plan.js';
import type { ReadingThreads } from './reading.js';

/** What publishing needs from the outside. */
export interface PublishTools {
  readonly git: GitRepository;
  readonly config: Config;
  readonly store: ObjectStore;
  readonly notes: StoreNotes;
  readonly identity: Identity;
  /** Lets a person enter credentials; null where that makes no sense. */
  readonly askCredentials: (() => Promise<void>) | null;
  readonly runner: ModelRunner;
  readonly reporter: Reporter;
  readonly prompter: Prompter;
  readonly clock: Clock;
  /** A thread of `readIfSame`. */
  readonly openReading: () => Promise<ReadingThreads>;
}

/** Consent that was given beforehand. */
export interface PublishOptions {
  /** Images may get other bytes. */
  readonly allowReplace: boolean;
  /** Pairs may leave the dataset. */
  readonly allowRemove: boolean;
}

/** A raw file after a look at its bytes. */
export interface InspectedFile extends RawFile {
  readonly md5: string;
  /** Bytes. */
  readonly size: number;
  readonly inspection: Inspection;
}

/** What the steps find out, each for the ones that need it. */
export interface Findings {
  who: string;
  base: DatasetBase;
  warnings: readonly Problem[];
  merge: MergePlan;
  /** Files whose bytes the dataset does not have under their name yet. */
  changed: readonly InspectedFile[];
  /** Null: there is no model yet, or the smoke test could not run and need not. */
  smoke: SmokeResult | null;
  pointers: Readonly<Record<Role, string | null>>;
  branch: DataBranch;
}

interface DataBranch {
  readonly name: string;
  readonly commit: Oid;
  readonly parent: Oid | null;
  /** What the remote said when it took the branch. */
  readonly messages: readonly string[];
  /** Commits that lost their signature when their raw files were taken out. */
  readonly unsigned: number;
}

export interface PublishJob {
  readonly tools: PublishTools;
  readonly options: PublishOptions;
  readonly plan: PublishPlan;
  /** The data branch holds the raw files, and the store is only read. */
  readonly throughGit: boolean;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  readonly findings: Partial<Findings>;
}

/** A finding of a step that has run before. */
export function found<K extends keyof Findings>(job: PublishJob, key: K): Findings[K] {
  const value = job.findings[key];
  if (value === undefined) throw new Error(`the step that finds ${key} has not run`);
  return value as Findings[K];
}
