import { grouped } from '../../words.js';
import type { Amount } from './decide.pure.js';
import type { GcOutcome } from './gc.js';
import { describeGrace } from './grace.pure.js';
import { amount } from './text.pure.js';

/** What is about to be deleted, and what is not. */
export function describePlan({ unused, kept, clones }: GcOutcome, grace: number): string[] {
  const manifests = unused.manifests === 0 ? '' : `, ${grouped(unused.manifests)} of them manifests`;
  return [
    `To delete  ${amount(unused)}${manifests}: nothing names them, and they are older than ${describeGrace(grace)}`,
    ...describeKept(kept, grace),
    ...clones.map(
      ({ path, remotes }, at) =>
        `${at === 0 ? 'Counted   ' : '          '} ${path} and ${remotes.join(', ')}`,
    ),
    '           Whoever else keeps objects in this store is not known here: what only other repositories name is',
    '           deleted, too. Name a clone of each with --also PATH.',
  ];
}

function describeKept(kept: GcOutcome['kept'], grace: number): string[] {
  const rows: [Amount, string][] = [
    [kept.named, 'named by a pointer, or counted on by a publish'],
    [kept.young, `younger than ${describeGrace(grace)}`],
    [kept['not-understood'], 'not named as DVC names objects'],
  ];
  const shown = rows.filter(([{ objects }]) => objects > 0);
  return shown.map(([many, why], at) => `${at === 0 ? 'To keep   ' : '          '} ${amount(many)}: ${why}`);
}

/** The last word. */
export function describeEnd(result: GcOutcome, grace: number): string[] {
  const { outcome, store, deleted, failed, kept } = result;
  const left = total(kept);
  switch (outcome) {
    case 'nothing-to-delete':
      return [
        `Nothing to delete: ${store} holds ${amount(left)}, all in use or younger than ${describeGrace(grace)}.`,
      ];
    case 'planned':
      return ['This was a dry run; nothing was deleted.'];
    case 'declined':
      return ['Nothing was deleted.'];
    case 'deleted':
      return [
        `Deleted ${amount(deleted)} from ${store}. Kept: ${amount(left)}.`,
        ...failed.slice(0, 10).map(({ key, reason }) => `✖ ${key}: ${reason}`),
        ...(failed.length > 10 ? [`  … and ${grouped(failed.length - 10)} more`] : []),
        ...(failed.length > 0
          ? ['→ These could not be deleted. Run this again when the reason is gone.']
          : []),
      ];
  }
}

function total(kept: GcOutcome['kept']): Amount {
  const all = Object.values(kept);
  return {
    objects: all.reduce((sum, { objects }) => sum + objects, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
