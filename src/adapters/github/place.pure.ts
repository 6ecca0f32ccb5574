export interface GithubRepository {
  readonly owner: string;
  readonly repo: string;
  /** Where people see it. */
  readonly url: string;
  /** Of the REST API. */
  readonly apiUrl: string;
}

const GITHUB = 'https://github.com';
const SHORT_SSH = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/;
const NAME = /^[\w.-]+$/;

/**
 * The repository on GitHub that one of these Git addresses leads to, or on the Enterprise server of GITHUB_SERVER_URL;
 * null: on neither. Addresses: `https://github.com/team/meters.git`, `git@github.com:team/meters`, `ssh://…`.
 */
export function githubRepository(
  addresses: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): GithubRepository | null {
  const server = serverOf(env);
  for (const address of addresses) {
    const [host, path] = hostAndPath(address);
    const known = host === server.host ? server : host === 'github.com' ? serverOf({}) : null;
    const [owner = '', repo = '', ...rest] = path.replace(/^\/+|\/+$/g, '').split('/');
    const name = repo.replace(/\.git$/, '');
    if (known === null || rest.length > 0 || !NAME.test(owner) || !NAME.test(name)) continue;
    return { owner, repo: name, url: `${known.url}/${owner}/${name}`, apiUrl: known.apiUrl };
  }
  return null;
}

function serverOf({ GITHUB_SERVER_URL, GITHUB_API_URL }: Readonly<Record<string, string | undefined>>) {
  const url = (GITHUB_SERVER_URL || GITHUB).replace(/\/+$/, '');
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const usual = host === 'github.com' ? 'https://api.github.com' : `${url}/api/v3`;
  return { url, host, apiUrl: (GITHUB_API_URL || usual).replace(/\/+$/, '') };
}

function hostAndPath(address: string): [string, string] {
  if (URL.canParse(address) && /^(https?|ssh|git):$/.test(new URL(address).protocol)) {
    const { hostname, pathname } = new URL(address);
    return [hostname, pathname];
  }
  const [, host = '', path = ''] = SHORT_SSH.exec(address) ?? [];
  return [host, path];
}
