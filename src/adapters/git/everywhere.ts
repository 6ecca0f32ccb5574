import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { AdvertisedRef } from '../../ports/whole-history.js';
import type { Git } from './git.js';

const TRIES = 3;

export async function places(git: Git): Promise<string[]> {
  const found = new Set<string>();
  for (const name of lines(await git.text(['remote']))) {
    found.add(name);
    const urls = async (...flags: string[]) =>
      lines((await git.run(['remote', 'get-url', ...flags, '--all', '--', name])).stdout.toString());
    const [first, ...more] = await urls();
    for (const url of [...more, ...(await urls('--push'))]) if (url !== first) found.add(url);
  }
  // A branch may follow a URL that has no name.
  const settings = ['--get-regexp', '^(branch\\..*\\.(remote|pushremote)|remote\\.pushdefault)$'];
  const followed = (await git.run(['config', ...settings], { answers: [0, 1] })).stdout.toString();
  for (const line of lines(followed)) {
    const place = line.slice(line.indexOf(' ') + 1);
    if (place !== '.') found.add(place);
  }
  return [...found];
}

/** Refs may move between the question and the fetch; then both are done again. */
export async function fetchAll(git: Git, place: string): Promise<AdvertisedRef[]> {
  for (let tries = 1; ; tries += 1) {
    const advertised = await reached(place, () => listRefs(git, place));
    const absent = await absentOf(git, advertised);
    if (absent.length === 0) return advertised;
    if (tries > TRIES) throw refsMoving(place, absent);
    await reached(place, () => fetch(git, place, absent));
  }
}

async function listRefs(git: Git, place: string): Promise<AdvertisedRef[]> {
  return lines(await git.text(['ls-remote', '--refs', '--', place])).map((line) => {
    const [oid = '', ref = ''] = line.split('\t');
    return { oid, ref };
  });
}

async function absentOf(git: Git, refs: readonly AdvertisedRef[]): Promise<AdvertisedRef[]> {
  if (refs.length === 0) return [];
  const input = refs.map(({ oid }) => `${oid}\n`).join('');
  const answers = lines(await git.text(['cat-file', '--batch-check=%(objecttype)'], { input }));
  return refs.filter((_, at) => answers[at]?.endsWith(' missing') !== false);
}

async function fetch(git: Git, place: string, refs: readonly AdvertisedRef[]): Promise<void> {
  const only = ['--no-tags', '--no-prune', '--no-write-fetch-head', '--recurse-submodules=no', '--refmap='];
  const input = refs.map(({ ref }) => `${ref}\n`).join('');
  await git.run(['fetch', '--quiet', '--no-auto-maintenance', ...only, '--stdin', '--', place], { input });
}

async function reached<T>(place: string, work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    if (!isWmsError(error, 'git/failed')) throw error;
    throw new WmsError({
      kind: 'git/unreachable',
      code: EXIT.network,
      what: `The Git remote ${place} cannot be read.`,
      ...(error.why === undefined ? {} : { why: error.why }),
      next: `Check the network and your rights there. If it does not exist any more: git remote remove ${place}`,
    });
  });
}

function refsMoving(place: string, absent: readonly AdvertisedRef[]): WmsError {
  const names = absent.slice(0, 3).map(({ ref, oid }) => `${ref} (${oid.slice(0, 10)})`);
  return new WmsError({
    kind: 'git/refs-moving',
    code: EXIT.network,
    what: `${absent.length} refs of ${place} could not be fetched.`,
    why: `${names.join(', ')}${absent.length > 3 ? ' and more' : ''}: they move all the time, or the remote does not give them away.`,
    next: 'Run this again.',
  });
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
