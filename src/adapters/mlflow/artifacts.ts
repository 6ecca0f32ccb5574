import * as z from 'zod';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { MlflowDoor } from './door.js';
import { isMissing, refusalOf } from './errors.js';
import { integer } from './run-answers.js';

const PROXY = 'api/2.0/mlflow-artifacts/artifacts';

export interface Artifact {
  /** Last component of the path. */
  readonly name: string;
  readonly isDirectory: boolean;
  /** Bytes; null for a directory, or when the server does not tell. */
  readonly size: number | null;
}

const listing = z.object({
  files: z
    .array(z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: integer.optional() }))
    .default([]),
});

/** Files of runs and models, through the server's artifact proxy. `uri` is what the server names as their place. */
export class MlflowArtifacts {
  constructor(private readonly door: MlflowDoor) {}

  /** Resolves once the server lists the file with its size. Throws `tracking/artifact-denied` (exit code 4). */
  async upload(uri: string, path: string, bytes: Buffer): Promise<void> {
    const [place, name, directory] = split(path);
    const root = this.proxyPath(uri);
    try {
      const target = `${PROXY}/${encode([...root, ...place])}`;
      await this.door.bytes({ method: 'PUT', path: target, body: bytes, repeatable: true });
    } catch (error) {
      throw isDenied(error) ? artifactDenied(this.door.url, path, error) : error;
    }
    const found = (await this.list(`${uri}${directory}`)).find((artifact) => artifact.name === name);
    if (found !== undefined && (found.size === null || found.size === bytes.length)) return;
    throw new WmsError({
      kind: 'tracking/artifact-not-stored',
      code: EXIT.network,
      what: `${this.door.url} took the artifact ${path}, but does not have it.`,
      why:
        found === undefined ? 'It is not in the list.' : `${found.size} of ${bytes.length} bytes are there.`,
      next: "Look into the server's log and at the place of its artifacts; then run the command again.",
    });
  }

  /** What is directly below `uri`; nothing when there is no such directory. */
  async list(uri: string): Promise<Artifact[]> {
    const query = { path: this.proxyPath(uri).join('/') };
    const { files } = await this.door.json(listing, { method: 'GET', path: PROXY, query, repeatable: true });
    return files.map(({ path, is_dir, file_size }) => ({
      name: path.split('/').at(-1) ?? path,
      isDirectory: is_dir,
      size: is_dir ? null : (file_size ?? null),
    }));
  }

  /** Null when there is no such file. */
  async download(uri: string): Promise<Buffer | null> {
    const path = `${PROXY}/${encode(this.proxyPath(uri))}`;
    try {
      return await this.door.bytes({ method: 'GET', path, repeatable: true });
    } catch (error) {
      if (isMissing(error)) return null;
      throw isDenied(error) ? artifactDenied(this.door.url, uri, error) : error;
    }
  }

  private proxyPath(uri: string): string[] {
    const [, path] =
      /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.*)$/.exec(uri) ??
      /^https?:\/\/[^?#]*\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/.exec(uri) ??
      [];
    const parts = path?.split('/').filter((part) => part !== '');
    if (parts === undefined || parts.includes('..')) throw notProxied(this.door.url, uri);
    return parts;
  }
}

function split(path: string): [parts: string[], name: string, directory: string] {
  const parts = path.split('/');
  const directory = parts.slice(0, -1).map((part) => `/${part}`);
  return [parts, parts.at(-1) ?? '', directory.join('')];
}

function encode(parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

/** The proxy hands on what its own store says, S3's denials for instance, in the text of a server error. */
function isDenied(error: unknown): boolean {
  if (isWmsError(error, 'tracking/not-allowed')) return true;
  return /access ?denied|explicit deny|not authorized|permission denied/i.test(
    refusalOf(error)?.message ?? '',
  );
}

function artifactDenied(url: string, path: string, cause: unknown): WmsError {
  return new WmsError({
    kind: 'tracking/artifact-denied',
    code: EXIT.credentials,
    what: `${url} may not read or write the artifact ${path}.`,
    why: refusalOf(cause)?.message ?? '',
    next: 'Let the machine of the server do s3:GetObject and s3:PutObject at its --artifacts-destination.',
    cause,
  });
}

function notProxied(url: string, uri: string): WmsError {
  return new WmsError({
    kind: 'tracking/artifacts-not-proxied',
    code: EXIT.network,
    what: `The artifacts at ${uri.replace(/\/\/[^/@]*@/, '//')} do not go through ${url}.`,
    why: 'The experiment was made while the server did not serve artifacts; its runs keep that place for good.',
    next: 'Start the server with --serve-artifacts --artifacts-destination <place>, and name a new experiment in tracking.experiment.',
  });
}
