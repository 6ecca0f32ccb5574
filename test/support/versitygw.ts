import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { peerCommand } from './peers.js';
import type { SigningKeys } from './s3-sigv4.js';
import { freePort, startServerProcess } from './server-process.js';

// The store does this for itself; here are clients of the test's own.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export interface RealServer {
  readonly url: string;
  /** May do everything. */
  readonly keys: SigningKeys;
  stop(): Promise<void>;
}

export interface VersityServer extends RealServer {
  /** Holds the buckets as directories, the objects as files. */
  readonly root: string;
}

const BUCKET = 'wms-test';

/** A client that does whatever a test needs besides what our store does. */
export function sdkClient(url: string, { accessKeyId, secretAccessKey }: SigningKeys, ca?: string): S3Client {
  const credentials = { accessKeyId, secretAccessKey };
  const requestHandler = ca === undefined ? {} : { httpsAgent: { ca } };
  return new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    requestHandler,
  });
}

/** A gateway over a temporary directory, with one bucket `wms-test`. It speaks HTTPS when it gets a certificate. */
export async function startVersity(tls?: { key: string; cert: string }): Promise<VersityServer> {
  const command = await peerCommand('versitygw');
  const port = await freePort();
  const home = await mkdtemp(join(tmpdir(), 'wms-versity-'));
  const [root, metadata] = [join(home, 'data'), join(home, 'meta')];
  await mkdir(root);
  await mkdir(metadata);
  const keys = { accessKeyId: 'versityroot', secretAccessKey: 'versity+root/secret' };
  const env = { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey };
  const secure = tls === undefined ? [] : await certificateOptions(home, tls);
  const options = ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', ...secure];
  const end = await startServerProcess(
    command,
    [...options, 'posix', '--sidecar', metadata, root],
    env,
    port,
  );
  const stop = async () => {
    await end();
    await rm(home, { recursive: true, force: true });
  };
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  await sdkClient(url, keys, tls?.cert).send(new CreateBucketCommand({ Bucket: BUCKET }));
  return { url, keys, root, stop };
}

async function certificateOptions(
  home: string,
  { key, cert }: { key: string; cert: string },
): Promise<string[]> {
  const files = { key: join(home, 'key.pem'), cert: join(home, 'cert.pem') };
  await writeFile(files.key, key);
  await writeFile(files.cert, cert);
  return ['--cert', files.cert, '--key', files.key];
}
