import { commitTree } from '../commits/commit-files.js';
import { fetchRefTip } from '../commits/fetch-ref-tip.js';
import { type DrawnPair, gainOf } from '../model/gate/changes.js';
import { code, escapeMarkdown } from '../page/markdown.pure.js';
import type { CodeHost } from '../ports/code-host.js';
import { showPath } from '../show-path.js';
import type { CiRecord } from './record.js';
import type { CiTarget } from './target.js';
import type { CiTools } from './tools.js';

const MOST = 4;
/** All together: they stay in the repository. */
const MOST_BYTES = 200_000;

export type Pictures = NonNullable<CiRecord['pictures']>;

/** No clone fetches it, and no branch ever holds it. */
const refOf = (branch: string): string => `refs/wms/pictures/${branch}`;

/**
 * Puts small pictures of the pairs that got worst where a pull request can show them: a commit of nothing else, under a
 * ref of its own on the remote. Null: none got worse, or somebody else did the same in this moment.
 */
export async function keepPictures(
  { git }: CiTools,
  { remote, branch }: Pick<CiTarget, 'remote' | 'branch'>,
  drawn: readonly DrawnPair[],
  when: Date,
): Promise<Pictures | null> {
  const chosen = chooseWorst(drawn);
  if (chosen.length === 0) return null;
  const files = chosen.map((pair, at) => ({ file: `${at + 1}.jpg`, pair }));
  const ref = refOf(branch);
  const before = await fetchRefTip(git, remote, ref);
  const commit = await commitTree(git, {
    tree: null,
    files: new Map(files.map(({ file, pair }) => [file, pair.jpeg])),
    parents: before === null ? [] : [before],
    message: `pictures of ${branch}\n`,
    when,
  });
  const pairs = files.map(({ file, pair }) => ({ file, name: pair.name }));
  if (before !== null && (await git.treeOf(before)) === (await git.treeOf(commit))) {
    return { commit: before, pairs };
  }
  if ((await git.pushRef(remote, commit, ref, before)) === 'moved') return null;
  return { commit, pairs };
}

/** The largest losses, without those that would make it too much. */
function chooseWorst(drawn: readonly DrawnPair[]): DrawnPair[] {
  const chosen: DrawnPair[] = [];
  let bytes = 0;
  for (const pair of drawn.filter((each) => each.baseline !== null && gainOf(each) < 0)) {
    if (chosen.length === MOST || bytes + pair.jpeg.length > MOST_BYTES) break;
    chosen.push(pair);
    bytes += pair.jpeg.length;
  }
  return chosen;
}

/** The pictures side by side; where the host shows none, how to get them. */
export function picturesMarkdown(
  host: Pick<CodeHost, 'pictureUrl'>,
  { remote, branch }: Pick<CiTarget, 'remote' | 'branch'>,
  { commit, pairs }: Pictures,
): string {
  const urls = pairs.map(({ file }) => host.pictureUrl(commit, file));
  if (urls.includes(null)) {
    return `Pictures of them: \`git fetch ${remote} ${refOf(branch)} && git show FETCH_HEAD:1.jpg > 1.jpg\`\n`;
  }
  const images = pairs.map(({ name }, at) => `![${escapeMarkdown(showPath(name))}](${urls[at]})`);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const legend = 'Solid: mask in the dataset; dashed: candidate; dotted: Production.';
  const names = pairs.map(({ name }) => code(showPath(name)));
  return [row(images), row(images.map(() => '---')), row(names), '', legend, ''].join('\n');
}
