import type {
  DatasetFile,
  Fault,
  ImageFacts,
  Inspection,
  MaskFacts,
  PairSet,
} from '../../src/quality/pair-set.js';
import { stemOf } from '../../src/stem.js';

type Role = Inspection['role'];

export const GOOD_MASK: MaskFacts = {
  min: 0,
  max: 255,
  distinct: 2,
  values: [0, 255],
  colour: false,
  between: 0,
  foreground: 0.1,
};

/** An inspected file that nothing is wrong with, but for what is given. */
export function inspected(role: Role, path: string, facts: Partial<ImageFacts> = {}): Inspection {
  const mask = role === 'masks' ? GOOD_MASK : null;
  const format = path.endsWith('.png') ? 'png' : 'jpeg';
  return {
    role,
    path,
    stem: stemOf(path),
    size: 1000,
    facts: { format, width: 64, height: 48, mask, ...facts },
    fault: null,
  };
}

export function faulty(role: Role, path: string, kind: Fault['kind']): Inspection {
  return { ...inspected(role, path), facts: null, fault: { kind, message: `is ${kind}`, fix: 'repair it' } };
}

/** `dataset` is what stays besides the files: path → MD5. Files get an MD5 of their own unless it is given there. */
export function pairSet(
  files: readonly Inspection[],
  dataset: Partial<Record<Role, Readonly<Record<string, string>>>> = {},
  partners: readonly Inspection[] = [],
): PairSet {
  const merged = (role: Role): DatasetFile[] => {
    const own = files
      .filter((file) => file.role === role)
      .map(({ path }) => [path, `md5 of ${role}/${path}`]);
    return Object.entries({ ...Object.fromEntries(own), ...dataset[role] }).map(([relpath, md5]) => ({
      relpath,
      md5: String(md5),
    }));
  };
  return {
    directories: { images: 'data/images', masks: 'data/masks' },
    files,
    partners,
    merged: { images: merged('images'), masks: merged('masks') },
  };
}
