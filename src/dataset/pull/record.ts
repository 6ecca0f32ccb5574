import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { placeFile } from '../../clone/place-file.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { Look } from './look.js';
import type { Target } from './target.js';

const fingerprint = z.tuple([z.string(), z.number(), z.number(), z.number(), z.number()]);
const schema = z.object({
  version: z.literal(1),
  target: z.string(),
  manifests: z.array(z.string()),
  files: z.record(z.string(), fingerprint),
});

/** A file changed so short before the record was written may change again without a trace in its times. */
const RACY_MS = 1000;

/**
 * What is known about a target from earlier pulls: manifests that its files came from, and the MD5 of files that have
 * not been touched since. Losing it costs time, nothing else.
 */
export class TargetRecord {
  private readonly seen = new Map<string, z.infer<typeof fingerprint>>();
  /** A file was seen that the record did not know. */
  private hasRead = false;

  private constructor(
    private readonly file: string,
    private readonly target: string,
    /** Of the versions that the target may hold files of, newest first. */
    public manifests: readonly ObjectId[],
    private readonly known: Readonly<Record<string, z.infer<typeof fingerprint>>>,
  ) {}

  static async open(gitDir: string, { place, roots }: Target): Promise<TargetRecord> {
    const name = createHash('md5').update(`${roots.images}\0${roots.masks}`).digest('hex');
    const file = join(gitDir, 'wms', 'pulled', `${name}.json`);
    const found = await TargetRecord.read(file);
    return new TargetRecord(file, place, found?.manifests ?? [], found?.files ?? {});
  }

  private static async read(file: string): Promise<z.infer<typeof schema> | null> {
    const text = await readFile(file, 'utf8').catch(() => '');
    return schema.safeParse(jsonOr(text, null)).data ?? null;
  }

  /** MD5 of an unchanged file that an earlier pull has seen; null when it has to be read. */
  md5Of(path: string, stats: Look): string | null {
    const [md5, ...times] = this.known[path] ?? [];
    const now = [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino];
    return md5 !== undefined && times.every((value, at) => value === now[at]) ? md5 : null;
  }

  see(path: string, md5: string, { size, mtimeMs, ctimeMs, ino }: Look): void {
    this.seen.set(path, [md5, size, mtimeMs, ctimeMs, ino]);
    this.hasRead ||= this.known[path]?.[3] !== ctimeMs;
  }

  /** Writes down what was read, if anything was; what a pull has written meanwhile about versions stays. */
  async keepSeen(): Promise<void> {
    if (!this.hasRead) return;
    await this.save((await TargetRecord.read(this.file))?.manifests ?? []);
  }

  async save(manifests: readonly ObjectId[]): Promise<void> {
    this.manifests = manifests;
    const newest = Date.now() - RACY_MS;
    const files = Object.fromEntries([...this.seen].filter(([, [, , , ctimeMs]]) => ctimeMs < newest));
    const text = JSON.stringify({ version: 1, target: this.target, manifests, files });
    await placeFile(this.file, (temporary) => writeFile(temporary, text));
  }
}

function jsonOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}
