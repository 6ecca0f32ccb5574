import { readFile } from 'node:fs/promises';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { EXIT, WmsError } from '../../errors.js';

const CONNECT_SECONDS = 5;
const READ_SECONDS = 30;
export const DEFAULT_JOBS = 32;

export interface ConnectionSettings {
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds without a byte in either direction. */
  readonly readTimeout: number;
  readonly maxSockets: number;
  readonly tls: { readonly rejectUnauthorized?: false; readonly ca?: Buffer };
}

/** How connections to a remote are made. Throws WmsError `config/ca-bundle`. */
export async function connectionSettings(
  remote: S3Remote,
  env: NodeJS.ProcessEnv,
): Promise<ConnectionSettings> {
  const bundle = typeof remote.sslVerify === 'string' ? remote.sslVerify : env.AWS_CA_BUNDLE;
  return {
    connectTimeout: (remote.connectTimeout ?? CONNECT_SECONDS) * 1000,
    readTimeout: (remote.readTimeout ?? READ_SECONDS) * 1000,
    maxSockets: remote.jobs ?? DEFAULT_JOBS,
    tls: {
      ...(remote.sslVerify === false ? { rejectUnauthorized: false } : {}),
      ...(remote.sslVerify !== false && bundle ? { ca: await readBundle(bundle) } : {}),
    },
  };
}

async function readBundle(file: string): Promise<Buffer> {
  return readFile(file).catch((error: Error) => {
    throw new WmsError({
      kind: 'config/ca-bundle',
      code: EXIT.usage,
      what: `The file of certificate authorities ${file} cannot be read.`,
      why: error.message,
      next: 'Correct ssl_verify in .dvc/config or the environment variable AWS_CA_BUNDLE.',
      cause: error,
    });
  });
}
