import { isIP } from 'node:net';
import type { Endpoint } from '../client.js';

/** Where the objects of one bucket are asked for. */
export interface Address {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Value of the header `host`. */
  readonly host: string;
  /** Stands before `/<key>`. */
  readonly path: string;
}

/** Regions of Amazon's main partition; the others have hosts of their own. */
const REGION = /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/;
/** What any server takes as a bucket. ARNs and the like are not names but have rules of their own. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Names of access points and of buckets with another protocol; `--` is how Amazon marks them. */
const SPECIAL_BUCKET = /--|-s3alias$/;

/** The same that the SDK finds. Null: a case that is left to it. */
export function addressOf(bucket: string, endpoint: Endpoint): Address | null {
  if (!BUCKET.test(bucket) || SPECIAL_BUCKET.test(bucket) || isIP(bucket) !== 0) return null;
  if (endpoint.url === undefined && !REGION.test(endpoint.region)) return null;
  const text = endpoint.url ?? `https://s3.${endpoint.region}.amazonaws.com`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  // A dot in a bucket's name does not fit the certificates for its host.
  const isHostOfItsOwn = !endpoint.pathStyle && !bucket.includes('.') && isIP(bare(url.hostname)) === 0;
  const isSecure = url.protocol === 'https:';
  const before = url.pathname.replace(/\/$/, '');
  const prefix = isHostOfItsOwn ? `${bucket}.` : '';
  return {
    isSecure,
    hostname: prefix + bare(url.hostname),
    port: Number(url.port) || (isSecure ? 443 : 80),
    host: prefix + url.host,
    path: isHostOfItsOwn ? before : `${before}/${bucket}`,
  };
}

/** Without the brackets of an IPv6 address. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
