import { isAbsolute, relative } from 'node:path';
import { ago } from '../ago.pure.js';
import { usd, when } from '../cloud/text.pure.js';
import { EXIT } from '../errors.js';
import { count, grouped, inBytes } from '../words.js';
import type { Status } from './facts.js';
import type { LastPublish } from './last-publish.js';
import type { NewFile } from './news.pure.js';
import type { OpenSession } from './open-sessions.js';
import type { WaitingBranch } from './waiting.js';

const BRANCHES_SHOWN = 3;

export interface DescribeOptions {
  readonly now: Date;
  /** Where the person is: paths are shown from there. */
  readonly cwd: string;
}

/** The report for people: a row for each thing that there is to tell, then what to do. */
export function describeStatus(status: Status, { now, cwd }: DescribeOptions): string[] {
  const rows: [title: string, text: string][] = [
    ...newsRows(status),
    ...waitingRows(status.waiting, now),
    ...lastPublishRows(status.lastPublish, status.waiting, now),
    ['Dataset', datasetText(status, cwd)],
    ...branchRows(status),
    ...status.sessions.map((each): [string, string] => ['Session', sessionText(each, now)]),
    ...status.notes.map((note): [string, string] => ['Note', note]),
  ];
  if (status.remoteSilent !== null) {
    const text = `${status.remote} could not be asked (${status.remoteSilent}); this is what it had last time`;
    rows.push(['Note', text]);
  }
  return [...rows.map(([title, text]) => `  ${title.padEnd(13)} ${text}`), '', `→ ${status.next}`];
}

function newsRows({ news }: Status): [string, string][] {
  if (news === null) return [];
  const { files, pairs, older, waiting } = news;
  const alone = files.filter(({ isAlone }) => isAlone);
  const parts = [
    ...(pairs.new > 0 ? [count(pairs.new, 'new pair')] : []),
    ...(pairs.changed > 0 ? [count(pairs.changed, 'changed pair')] : []),
    ...aloneParts(alone),
  ];
  const committed = files.filter((file) => file.committed).length;
  const state =
    committed === files.length
      ? 'committed, not published'
      : committed === 0
        ? 'not committed'
        : `${files.length - committed} of ${files.length} files not committed`;
  const rows: [string, string][] = parts.length === 0 ? [] : [['New here', `${parts.join(', ')} · ${state}`]];
  if (older > 0) rows.push(['Older', `${count(older, 'file')} of an earlier version of the dataset`]);
  if (rows.length === 0) rows.push(['New here', waiting > 0 ? 'nothing but what waits' : 'nothing']);
  return rows;
}

function aloneParts(alone: readonly NewFile[]): string[] {
  const part = (role: NewFile['role'], noun: string, lacks: string) => {
    const [first, ...rest] = alone.filter((file) => file.role === role);
    if (first === undefined) return [];
    const names = rest.length === 0 ? first.relpath : `${first.relpath} and ${rest.length} more`;
    return [`${count(rest.length + 1, noun)} without ${lacks} (${names})`];
  };
  return [...part('images', 'image', 'mask'), ...part('masks', 'mask', 'image')];
}

function waitingRows(waiting: readonly WaitingBranch[], now: Date): [string, string][] {
  const rows = waiting.slice(0, BRANCHES_SHOWN).map((one, at): [string, string] => {
    const who = one.isYours ? 'you' : one.who;
    const text = [one.branch, pairsText(one), `${who}, ${ago(one.publishedAt, now)}`];
    return [at === 0 ? 'Waiting' : '', text.filter((part) => part !== '').join(' · ')];
  });
  const more = waiting.length - BRANCHES_SHOWN;
  return more > 0 ? [...rows, ['', `and ${more} more, back to ${waiting.at(-1)?.branch}`]] : rows;
}

function pairsText({ pairs }: WaitingBranch): string {
  if (pairs === null) return '';
  const parts = [
    ...(pairs.new > 0 ? [count(pairs.new, 'new pair')] : []),
    ...(pairs.replaced > 0 ? [`${pairs.replaced} replaced`] : []),
    ...(pairs.removed > 0 ? [`${pairs.removed} removed`] : []),
  ];
  return parts.join(', ');
}

function lastPublishRows(
  { outcome, interrupted, runningProcess }: LastPublish,
  waiting: readonly WaitingBranch[],
  now: Date,
): [string, string][] {
  const title = 'Last publish';
  if (runningProcess !== null) return [[title, 'is running']];
  if (interrupted !== null) {
    const stored = count(interrupted.storedObjects, 'object');
    return [
      [
        title,
        `was interrupted (begun ${ago(interrupted.startedAt, now)}, ${stored} stored); nothing is lost`,
      ],
    ];
  }
  if (outcome === null) return [];
  const when = ago(outcome.finishedAt, now);
  if (outcome.outcome === 'failed') {
    const { error } = outcome;
    if (error.exitCode === EXIT.published) return [[title, `${when}: nothing new`]];
    const why = error.why === null ? [] : error.why.split('\n').slice(0, 1);
    return [[title, [`failed ${when}: ${error.what}`, ...why].join(' · ')]];
  }
  // A row says so already.
  if (waiting.some(({ branch }) => branch === outcome.branch)) return [];
  return [[title, `${when}: ${outcome.branch}, no longer waiting`]];
}

function sessionText(session: OpenSession, now: Date): string {
  const { id, engine, state, openedBy, deadline, costSoFar } = session;
  const until = now < new Date(deadline) ? `until ${when(deadline)}` : `its deadline was ${when(deadline)}`;
  const cost = engine === 'local' || costSoFar === null ? [] : [`about ${usd(costSoFar)} so far`];
  const parts = [id, ...(state === 'open' ? [] : [state]), `opened by ${openedBy}`, until, ...cost];
  return parts.join(' · ');
}

function datasetText({ dataset, news, cache }: Status, cwd: string): string {
  const inTree = relative(cwd, cache.directory);
  const place = inTree.startsWith('..') || isAbsolute(inTree) ? cache.directory : inTree;
  const size = `${cache.isEstimate ? 'about ' : ''}${inBytes(cache.bytes)}`;
  const cached = cache.objects === 0 ? [] : [`cache ${size} (${place})`];
  if (dataset === null) return [news === null ? 'could not be read' : 'none yet', ...cached].join(' · ');
  const { files, filesHere, pulled } = dataset;
  const here =
    filesHere === files
      ? 'all files here'
      : filesHere === 0
        ? 'not pulled here'
        : `${grouped(filesHere)} of ${count(files, 'file')} here`;
  const version =
    pulled === null || pulled.isCurrent
      ? []
      : [`pulled last: ${pulled.commit?.slice(0, 10) ?? 'another branch'}`];
  return [count(dataset.pairs, 'pair'), here, ...version, ...cached].join(' · ');
}

function branchRows({ behind, branch, remote, news }: Status): [string, string][] {
  const stored = news?.committedAndStored ?? 0;
  const parts = [
    ...(behind.behind > 0 ? [`${count(behind.behind, 'commit')} behind ${remote}/${branch}`] : []),
    ...(stored > 0 ? [`its own commits hold ${count(stored, 'raw file')} that the dataset has now`] : []),
  ];
  return parts.length === 0 ? [] : [['Branch', `${branch}: ${parts.join('; ')}`]];
}
