import { writeFiles } from '../support/clone.js';
import { BUCKET, type Target } from './programs.js';

/** Makes that place of a server the store of a clone that `wms init` has set up; Git sees nothing of it. */
export async function storeAt(
  clone: string,
  { url, keys, certificate }: Target,
  prefix: string,
): Promise<void> {
  const settings = [
    `url = s3://${BUCKET}/${prefix}`,
    `endpointurl = ${url}`,
    `access_key_id = ${keys.accessKeyId}`,
    `secret_access_key = ${keys.secretAccessKey}`,
    `ssl_verify = ${certificate}`,
  ];
  const lines = settings.map((line) => `    ${line}\n`).join('');
  await writeFiles(clone, { '.dvc/config.local': `['remote "storage"']\n${lines}` });
}
