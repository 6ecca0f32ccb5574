import { createHash } from 'node:crypto';

/** What a template does not know. */
export interface WorkflowFacts {
  readonly protectedBranches: readonly string[];
  /** Directory of the package.json that depends on us, relative to the top; empty: the top. */
  readonly packageJsonDirectory: string;
}

const SAYS =
  '# Written by `wms init`. Change it as you like: `npx wms init --update` asks before it replaces your changes.';
const STAMP = /^# wms-sha256: ([0-9a-f]{64})\r?\n/m;

/** The workflow as it is written: the template with these facts, below a line by which a change of it is known. */
export function renderWorkflow(template: string, facts: WorkflowFacts): string {
  const directory = facts.packageJsonDirectory === '' ? '.' : JSON.stringify(facts.packageJsonDirectory);
  const branches = facts.protectedBranches.map((name) => JSON.stringify(asPattern(name))).join(', ');
  const body = template
    .replace('\n    working-directory: .\n', () => `\n    working-directory: ${directory}\n`)
    .replace('\n    branches: [main]\n', () => `\n    branches: [${branches}]\n`);
  return `${SAYS}\n# wms-sha256: ${digest(body)}\n${body}`;
}

/** What the file was when it was written, and whether it still is that. Null: we have not written it. */
export function origin(text: string): { readonly digest: string; readonly isAsWritten: boolean } | null {
  const stamp = STAMP.exec(text);
  if (stamp === null) return null;
  const written = stamp[1] as string;
  return { digest: written, isAsWritten: digest(text.slice(stamp.index + stamp[0].length)) === written };
}

/** Git may have written the file with other line ends. */
export function sameText(one: string, other: string): boolean {
  return withPlainEnds(one) === withPlainEnds(other);
}

function digest(body: string): string {
  return createHash('sha256').update(withPlainEnds(body)).digest('hex');
}

function withPlainEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Names may hold what means something in GitHub's patterns. */
function asPattern(branch: string): string {
  return branch.replace(/^!|[+]/g, '\\$&');
}
