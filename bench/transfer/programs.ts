import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundle } from '../../scripts/bundle.js';
import { type Peer, peerCommand } from '../../test/support/peers.js';
import type { SigningKeys } from '../../test/support/s3-sigv4.js';
import type { Workspace } from '../support/workspace.js';
import type { Objects } from './objects.js';

/** A server, its bucket, and the certificate to believe. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly keys: SigningKeys;
  readonly certificate: string;
}

interface Job {
  readonly method: 'put' | 'get';
  readonly target: Target;
  readonly prefix: string;
  /** Source of a put, destination of a get. */
  readonly directory: string;
}

export interface Program {
  readonly name: string;
  command(job: Job): Promise<{ readonly command: readonly string[]; readonly env: NodeJS.ProcessEnv }>;
}

export const BUCKET = 'wms-test';
const TRANSFERS = '32';

/** Saves boto3 a checksum, and servers the chunks with a trailer that not all of them read correctly. */
export const PLAIN_UPLOADS = { AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required' };

function awsEnv({ keys, certificate }: Target): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_CA_BUNDLE: certificate,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...PLAIN_UPLOADS,
    SSL_CERT_FILE: certificate,
  };
}

/** Our store from an unpacked package. */
export function ours(
  workspace: Workspace,
  packageDirectory: string,
  objects: Objects,
  transport: 'lean' | 'sdk',
): Program {
  return {
    name: `wms, ${transport} transport`,
    async command({ method, target, prefix, directory }) {
      const order = join(workspace.top, `order-${transport}-${method}.json`);
      const { accessKeyId, secretAccessKey } = target.keys;
      const remote = {
        kind: 's3',
        name: 'bench',
        bucket: BUCKET,
        prefix,
        endpointUrl: target.url,
        accessKeyId,
        secretAccessKey,
        anonymous: false,
        useSsl: true,
        sslVerify: target.certificate,
      };
      await bundle(['adapters/s3/index', 'adapters/s3/sdk-transport'], join(packageDirectory, 'bench'));
      const adapter = join(packageDirectory, 'bench/adapters/s3');
      await writeFile(
        order,
        JSON.stringify({ adapter, method, transport, remote, directory, ids: objects.ids }),
      );
      return { command: ['node', resolve(import.meta.dirname, 'client.js'), order], env: {} };
    },
  };
}

/** Settings are those with which each was fastest; none looks at what is there already. */
const PEERS: readonly { peer: Peer; line(job: Job): readonly string[] }[] = [
  {
    peer: 's5cmd',
    line: (job) => ['--endpoint-url', job.target.url, '--numworkers', TRANSFERS, 'cp', ...way(job, '/*')],
  },
  {
    peer: 'rclone',
    line: (job) => [
      '--config=',
      '--s3-provider=Other',
      '--s3-env-auth',
      '--s3-region=us-east-1',
      '--s3-list-version=2',
      `--s3-endpoint=${job.target.url}`,
      `--transfers=${TRANSFERS}`,
      `--checkers=${TRANSFERS}`,
      '--no-check-dest',
      '--s3-no-check-bucket',
      '--s3-no-head',
      '--s3-no-head-object',
      '--s3-use-unsigned-payload=true',
      'copy',
      ...way(job, '').map((place) => place.replace('s3://', ':s3:')),
    ],
  },
  {
    peer: 'aws',
    line: (job) => ['--endpoint-url', job.target.url, 's3', 'sync', '--only-show-errors', ...way(job, '')],
  },
];

export const peers: readonly Program[] = PEERS.map(({ peer, line }) => ({
  name: peer === 'aws' ? 'aws s3 sync' : peer,
  async command(job) {
    return { command: [await peerCommand(peer), ...line(job)], env: awsEnv(job.target) };
  },
}));

/** Source and destination. */
function way({ method, prefix, directory }: Job, everything: string): string[] {
  const place = `s3://${BUCKET}/${prefix}`;
  return method === 'put'
    ? [`${directory}${everything && '/'}`, `${place}/`]
    : [`${place}${everything}`, `${directory}/`];
}
