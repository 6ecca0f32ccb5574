import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { localError } from '../../clone/local-error.js';
import type { ObjectId } from '../../ports/object-store.js';

/** A line of 32 digits that name the picture, and 16 that say what it looks like. */
const LINE = /^([0-9a-f]{32}) ([0-9a-f]{16})$/gm;

/** Perceptual hashes that are known already, one line each. Losing the file costs time, nothing else. */
export class KnownLooks {
  private fresh = '';

  private constructor(
    private readonly file: string,
    private readonly known: Map<ObjectId, string>,
  ) {}

  static async open(file: string): Promise<KnownLooks> {
    const text = await readFile(file, 'latin1').catch(() => '');
    // Several writers may have mixed their lines: what is no line is not known.
    return new KnownLooks(
      file,
      new Map(Array.from(text.matchAll(LINE), ([, id = '', looks = '']) => [id, looks])),
    );
  }

  get(image: ObjectId): string | undefined {
    return this.known.get(image);
  }

  add(image: ObjectId, looks: string): void {
    this.known.set(image, looks);
    this.fresh += `${image} ${looks}\n`;
  }

  async save(): Promise<void> {
    if (this.fresh === '') return;
    try {
      await mkdir(dirname(this.file), { recursive: true });
      await appendFile(this.file, this.fresh);
      this.fresh = '';
    } catch (error) {
      throw localError(error, this.file);
    }
  }
}
