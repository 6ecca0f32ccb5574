import { openS3, type S3, type S3Options } from '../../src/adapters/s3/index.js';
import { readS3Remote, type S3Remote } from '../../src/config/dvc-s3-remote.js';
import { noPrompter } from './no-prompter.js';
import { TEST_KEYS } from './s3-server.js';

/** A remote as `.dvc/config` would name it; `keys` are keys of that file. */
export function s3Remote(endpointurl: string, keys: Record<string, string> = {}): S3Remote {
  return readS3Remote('storage', {
    url: 's3://wms-test/team/dvc',
    endpointurl,
    access_key_id: TEST_KEYS.accessKeyId,
    secret_access_key: TEST_KEYS.secretAccessKey,
    ...keys,
  });
}

export function openTestS3(remote: S3Remote, options: Partial<S3Options> = {}): S3 {
  return openS3({ remote, env: {}, prompter: noPrompter, homedir: '/nonexistent', ...options });
}
