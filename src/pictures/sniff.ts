import type { ImageFormat } from './pixels.js';

export const EXTENSIONS: Readonly<Record<string, ImageFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

export type Content =
  | { readonly kind: 'image'; readonly format: ImageFormat }
  | { readonly kind: 'lfs-pointer' }
  /** Something with a name: `a HEIC photo`, `text`. */
  | { readonly kind: 'other'; readonly name: string };

interface Signature {
  /** As latin1, at `offset` (default 0). Any of them. */
  readonly starts: readonly string[];
  readonly offset?: number;
  readonly content: Content;
}

const other = (name: string): Content => ({ kind: 'other', name });

const SIGNATURES: readonly Signature[] = [
  { starts: ['\x89PNG\r\n\x1a\n'], content: { kind: 'image', format: 'png' } },
  { starts: ['\xff\xd8\xff'], content: { kind: 'image', format: 'jpeg' } },
  { starts: ['WEBP'], offset: 8, content: { kind: 'image', format: 'webp' } },
  { starts: ['II*\0', 'II+\0', 'MM\0*', 'MM\0+'], content: { kind: 'image', format: 'tiff' } },
  { starts: ['version https://git-lfs'], content: { kind: 'lfs-pointer' } },
  {
    starts: ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'].map((brand) => `ftyp${brand}`),
    offset: 4,
    content: other('a HEIC photo'),
  },
  { starts: ['ftypavif', 'ftypavis'], offset: 4, content: other('an AVIF image') },
  { starts: ['GIF8'], content: other('a GIF image') },
  { starts: ['BM'], content: other('a BMP image') },
  { starts: ['%PDF-'], content: other('a PDF document') },
  { starts: ['PK\x03\x04'], content: other('a ZIP archive') },
  { starts: ['<svg', '<?xml'], content: other('an SVG drawing or other XML') },
];

/** What a file is by its first bytes. Decoders get only what this calls an image: some would follow links in SVG. */
export function sniff(bytes: Buffer): Content {
  const head = bytes.toString('latin1', 0, 512);
  const found = SIGNATURES.find(({ starts, offset }) =>
    starts.some((start) => head.startsWith(start, offset)),
  );
  return found?.content ?? other(isText(head) ? 'text' : 'data of an unknown type');
}

function isText(head: string): boolean {
  return [...head].every((character) => character >= ' ' || '\t\n\r\f\v\x1b'.includes(character));
}
