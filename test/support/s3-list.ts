const escapeXml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Body of a ListObjectsV2 answer. Here for peers such as DVC; our own store never asks. */
export function listObjects(
  bucket: string,
  objects: ReadonlyMap<string, Buffer>,
  query: URLSearchParams,
): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maximum = Number(query.get('max-keys') ?? 1000);
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
      : `<Contents><Key>${escapeXml(name)}</Key><Size>${size}</Size><ETag>""</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`,
  );
  return [
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix>`,
    `<KeyCount>${page.length}</KeyCount><MaxKeys>${maximum}</MaxKeys><IsTruncated>${more}</IsTruncated>`,
    more ? `<NextContinuationToken>${escapeXml(last)}</NextContinuationToken>` : '',
    ...entries,
    '</ListBucketResult>',
  ].join('');
}
