import type { PublishOutcome } from './outcome.js';
import { shellWord } from './refs.js';

export interface EndingOptions {
  /** `push`: it was stopped, and Git goes on to say that it failed. `edit`: `wms data rm` or `restore`. */
  readonly source: 'push' | 'publish' | 'edit';
  /** Of an edit, the pairs as they were typed; none: the whole dataset. */
  readonly names?: readonly string[];
  /** A path as the person sees it from where they are. */
  readonly show: (path: string) => string;
}

/**
 * The last lines a person reads. Some Git clients show only the end of what a hook prints, so the outcome comes last
 * and the details before it.
 */
export function describeEnding(
  outcome: PublishOutcome,
  { source, names = [], show }: EndingOptions,
): string[] {
  if (outcome.outcome === 'failed') return [];
  const { branch, remote, protectedBranch, base, notPushed } = outcome;
  const lines: string[] = [];
  if (outcome.outcome === 'published') {
    const stopped = `The push to ${protectedBranch} was stopped on purpose: ${protectedBranch} never holds raw images.`;
    const address = outcome.messages.map((message) => /https?:\/\/\S+/.exec(message)?.[0]).find(Boolean);
    lines.push(
      source === 'push' ? `Published. ${stopped}` : 'Published.',
      `  Report   ${show(outcome.report)}`,
    );
    if (address !== undefined) lines.push(`  Remote   ${address}`);
    if (outcome.unsignedCommits > 0) {
      lines.push(`  Note     signed commits were rewritten without raw files; no signature survives that`);
    }
    if (outcome.removed.length > 0 && base !== null) {
      const words = [base.slice(0, 12), ...names].map(shellWord).join(' ');
      lines.push(
        `  Undo     the store keeps the files while any commit names them; to bring them back: npx wms data restore ${words}`,
      );
    }
    if (outcome.branchParent !== null && base === null) {
      const refspec = `${outcome.branchParent.slice(0, 12)}:refs/heads/${protectedBranch}`;
      lines.push(
        `  First    ${remote} has no ${protectedBranch} yet; make it, without raw images: git push ${shellWord(remote)} ${refspec}`,
      );
    }
  } else {
    lines.push(
      `Published before: ${branch} waits on ${remote} with ${source === 'edit' ? 'this change' : 'these images'}. Nothing was done again.`,
    );
  }
  if (notPushed.length > 0) {
    const command = `git push ${[remote, ...notPushed].map(shellWord).join(' ')}`;
    lines.push(
      `  Also     ${notPushed.join(', ')} did not go either; push without ${protectedBranch}: ${command}`,
    );
  }
  const pull = source === 'edit' ? ', then npx wms data pull' : '';
  lines.push(
    `  Next     training starts on the branch; after its pull request merges, run: npx wms sync${pull}`,
  );
  return lines;
}
