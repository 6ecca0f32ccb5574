import type { Role } from '../../../config/schema.js';
import type { ObjectId } from '../../../ports/object-store.js';
import type { DatasetManifests } from '../../merge-plan.js';
import { entriesOfStem } from '../../pairs.js';
import type { ComparedVersions } from '../diff.js';
import type { PairDiff } from '../pair-diff.pure.js';

/** Objects of a pair in one version; null where it has none. */
export type Sources = Readonly<Record<Role, ObjectId | null>>;

/** A pair to be drawn, in the versions that have it. */
export interface Subject {
  readonly pair: PairDiff;
  readonly before: Sources | null;
  readonly after: Sources | null;
}

const PICTURED = { replaced: 36, added: 48, removed: 24 } as const;

/** What the page has pictures of: the first ones of each kind, so that its size stays bounded. */
export function chooseSubjects({ diff, manifests }: ComparedVersions): Subject[] {
  const kinds = ['replaced', 'added', 'removed'] as const;
  return kinds.flatMap((kind) => {
    const pairs = (diff?.pairs ?? []).filter(({ change }) => change === kind);
    return pairs.slice(0, PICTURED[kind]).map((pair) => ({
      pair,
      before: kind === 'added' ? null : sourcesOf(manifests.from, pair.pair),
      after: kind === 'removed' ? null : sourcesOf(manifests.to, pair.pair),
    }));
  });
}

function sourcesOf(version: DatasetManifests, stem: string): Sources {
  const first = (role: Role) => entriesOfStem(version[role], stem)[0]?.md5 ?? null;
  return { images: first('images'), masks: first('masks') };
}
