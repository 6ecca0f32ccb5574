import type { DatasetBase } from '../dataset/dataset-base.js';
import type { MergePlan } from '../dataset/merge-plan.js';
import type { Oid } from '../ports/git-repository.js';
import type { ObjectId } from '../ports/object-store.js';

/** A change of the dataset that brings no bytes: what it names is in the store, or was. */
export interface DatasetEdit {
  /** For the heading: `remove 2 pairs`. */
  readonly title: string;
  /** The dataset that it changes, as the remote's branch names it. */
  readonly base: DatasetBase;
  readonly merge: MergePlan;
  /** Where a pointer tells it: bytes of all files of a manifest. */
  readonly sizes: ReadonlyMap<ObjectId, number>;
  /** Commit whose version comes back; null for a removal. */
  readonly restores: Oid | null;
  /** A paragraph of the commit message. */
  readonly reason: string | undefined;
}
