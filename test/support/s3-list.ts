export const escapeXml = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Objects whose time nobody knows. */
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** What a listing shows of one bucket. */
export interface Listed {
  readonly name: string;
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly written: ReadonlyMap<string, Date>;
  /** Entries in one answer, at most. */
  readonly pageSize: number;
}

/** Body of a ListObjectsV2 answer. Here for peers such as DVC, and for gc; our own store never asks. */
export function listObjects(
  { name: bucket, objects, written, pageSize }: Listed,
  query: URLSearchParams,
): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maximum = Math.min(Number(query.get('max-keys') ?? pageSize), pageSize);
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const found = new Map<string, number | null>();
  for (const [key, bytes] of objects) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (name > after) found.set(name, cut < 0 ? bytes.length : null);
  }
  const all = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const page = all.slice(0, maximum);
  const last = page.at(-1)?.[0] ?? '';
  const more = all.length > page.length;
  const entries = page.map(([name, size]) =>
    size === null
      ? `<CommonPrefixes><Prefix>${escapeXml(name)}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${escapeXml(name)}</Key><Size>${size}</Size><ETag>""</ETag><LastModified>${(written.get(name) ?? LONG_AGO).toISOString()}</LastModified></Contents>`,
  );
  return [
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix>`,
    `<KeyCount>${page.length}</KeyCount><MaxKeys>${maximum}</MaxKeys><IsTruncated>${more}</IsTruncated>`,
    more ? `<NextContinuationToken>${escapeXml(last)}</NextContinuationToken>` : '',
    ...entries,
    '</ListBucketResult>',
  ].join('');
}
