import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { placeContent } from '../../clone/place-file.js';
import type { StoreNotes } from '../../ports/store-notes.js';
import { noteName, parseStatus, readStatus, type TrainStatus } from '../status.js';
import { decideGroup, type GroupDecision, type Member } from './decide.pure.js';

export interface GroupQuestion {
  readonly id: string;
  /** Candidates that the decision waits for. */
  readonly expected: readonly string[];
  /** Absolute: directory of all runs. */
  readonly root: string;
  /** Runs of this process, also those that were skipped because they had been done before. */
  readonly own: readonly TrainStatus[];
  /** Where runs of other machines are told; null: only those here count. */
  readonly notes: StoreNotes | null;
  /** Of the code: runs of other machines on the same commit. */
  readonly commit: string | null;
}

export interface Group {
  readonly id: string;
  readonly expected: readonly string[];
  readonly members: readonly Member[];
  readonly decision: GroupDecision;
}

/** Gathers the finished runs of a group, decides, and writes `groups/<id>/group.json` below the directory of runs. */
export async function judgeGroup(question: GroupQuestion): Promise<Group> {
  const { id, expected, root, own } = question;
  const found = [
    ...(await elsewhere(question)),
    ...(await here(root)),
    ...own.map((run) => ({ ...run, group: id })),
  ];
  const members = new Map<string, Member>();
  for (const { group, candidate, outcome, directory, key, result } of found) {
    if (group !== id || candidate === null || !['finished', 'skipped'].includes(outcome)) continue;
    members.set(candidate, { candidate, directory, key, result });
  }
  const all = [...members.values()].toSorted((a, b) => (a.candidate < b.candidate ? -1 : 1));
  const group = { id, expected, members: all, decision: decideGroup(expected, all) };
  await placeContent(join(root, 'groups', id, 'group.json'), `${JSON.stringify(group, null, 2)}\n`);
  return group;
}

/** Oldest first. */
async function here(root: string): Promise<TrainStatus[]> {
  const names = (await readdir(root)).sort();
  const all = await Promise.all(names.map((name) => readStatus(join(root, name))));
  return all.filter((status) => status !== null);
}

async function elsewhere({ notes, commit, expected }: GroupQuestion): Promise<TrainStatus[]> {
  if (notes === null || commit === null) return [];
  const texts = await Promise.all(expected.map((candidate) => notes.read(noteName(commit, candidate))));
  return texts.map((text) => parseStatus(text?.toString() ?? '')).filter((status) => status !== null);
}
