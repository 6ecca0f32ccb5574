import { EXIT, WmsError } from '../../errors.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { PutAnswer } from './transport.js';

/**
 * Whether the server says that it stored other bytes. Its tag is their MD5 only without encryption by a key of
 * its own or of the customer, and only when it looks like one.
 */
export function damagedUpload(id: ObjectId, answer: PutAnswer): boolean {
  const tag = answer.etag?.replaceAll('"', '').toLowerCase() ?? '';
  if (!/^[0-9a-f]{32}$/.test(tag) || answer.hasCustomerKey) return false;
  return !answer.encryption?.startsWith('aws:kms') && tag !== id.slice(0, 32);
}

/** A page that some proxy or hotel network put in the server's place. */
export function notS3(url: string): WmsError {
  return new WmsError({
    kind: 'store/not-s3',
    code: EXIT.network,
    what: `Something else than S3 answered for ${url}.`,
    why: 'The answer had no request id, as from a login page of the network or a proxy. Nothing is proven stored.',
    next: 'Open a web page to log in to the network, or check endpointurl in .dvc/config. Then push again.',
  });
}
