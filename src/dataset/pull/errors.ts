import { EXIT, WmsError } from '../../errors.js';
import { count, shortList } from '../../words.js';

export function wouldOverwrite(files: readonly string[]): WmsError {
  return new WmsError({
    kind: 'data/would-overwrite',
    code: EXIT.conflict,
    what: `${count(files.length, 'file')} here ${files.length === 1 ? 'differs' : 'differ'} from the dataset, and no version of it has these bytes. Nothing was changed.`,
    why: shortList(files),
    next: 'Publish them (npx wms add, commit, push) or move them away. To lose them: npx wms data pull --force',
  });
}

export function changedMeanwhile(files: readonly string[]): WmsError {
  return new WmsError({
    kind: 'data/changed-meanwhile',
    code: EXIT.conflict,
    what: `${count(files.length, 'file')} changed while the others were pulled, and ${files.length === 1 ? 'was' : 'were'} left alone.`,
    why: shortList(files),
    next: 'Pull again when nothing else writes there.',
  });
}

export function inTheWay(paths: readonly string[]): WmsError {
  return new WmsError({
    kind: 'data/in-the-way',
    code: EXIT.conflict,
    what: `${count(paths.length, 'path')} cannot be written. Nothing was changed.`,
    why: shortList(paths),
    next: 'Move that away, then pull again.',
  });
}

export function unavailable(files: readonly string[], url: string): WmsError {
  return new WmsError({
    kind: 'data/objects-unavailable',
    code: EXIT.network,
    what: `${count(files.length, 'file')} could not be had from ${url}. All others are here.`,
    why: shortList(files),
    next: 'Where these files are, in a working tree or cache, run: npx wms data verify --repair --deep',
  });
}

export function unsafeNames(lines: readonly string[]): WmsError {
  return new WmsError({
    kind: 'data/names-unsafe',
    code: EXIT.conflict,
    what: `${count(lines.length, 'file')} of the dataset cannot be on Windows under ${lines.length === 1 ? 'its name' : 'their names'}. Nothing was changed.`,
    why: shortList(lines),
    next: 'Rename them in the dataset, or leave them out: npx wms data pull --only GLOB',
  });
}

export function namesCollide(groups: readonly (readonly string[])[], place: string): WmsError {
  return new WmsError({
    kind: 'data/names-collide',
    code: EXIT.conflict,
    what: `The disk of ${place} takes different names of the dataset for the same. Nothing was changed.`,
    why: shortList(groups.map((group) => group.join(' = '))),
    next: 'Pull to a disk that tells them apart (--to DIR), or rename them in the dataset.',
  });
}

export function nothingSelected(revision: string): WmsError {
  return new WmsError({
    kind: 'data/nothing-selected',
    code: EXIT.usage,
    what: `No file of the dataset in ${revision} matches.`,
    why: 'Patterns are compared with the path below the dataset directory: "2026-*/**", "meter_1*.png".',
    next: 'Correct --only; quote it, so that the shell leaves it alone.',
  });
}
