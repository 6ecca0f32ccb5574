import type { ObjectId } from '../../ports/object-store.js';
import type { StoredKey } from '../../ports/store-cleaner.js';
import { count, grouped } from '../../words.js';
import { type ClaimsInStore, readClaims } from './claims-in-store.js';
import { type Amount, decide, type Kept, NamedObjects, NOTHING, objectAt, plus } from './decide.pure.js';
import { ManifestReader, type WantedManifest } from './manifests.js';
import { type CloneFacts, RootReader, type Roots } from './roots.js';
import { amount } from './text.pure.js';
import type { GcTools } from './tools.js';

export interface Survey {
  readonly clones: readonly CloneFacts[];
  /** What may be deleted. */
  readonly unused: readonly StoredKey[];
  readonly kept: Readonly<Record<Kept, Amount>>;
  /** Keys of claims that are over. */
  readonly expiredClaims: readonly string[];
}

type Manifests = ReadonlyMap<ObjectId, WantedManifest>;

/** Looks at clones, remotes and store. Asked again, it looks again, and never forgets what it has once seen named. */
export class Surveyor {
  readonly #named = new NamedObjects();
  readonly #roots: RootReader;
  readonly #manifests: ManifestReader;

  constructor(
    private readonly tools: GcTools,
    /** Milliseconds. */
    private readonly grace: number,
  ) {
    this.#roots = new RootReader(tools.clones, this.#named);
    this.#manifests = new ManifestReader(tools.store, tools.caches, this.#named);
  }

  /** Throws WmsError of roots, claims, manifests and store: whatever is not known for sure ends in one. */
  async survey(): Promise<Survey> {
    const { clones, manifests } = await this.#readHistory();
    const { expired } = await this.#readManifests(manifests);
    return { clones, expiredClaims: expired, ...(await this.#listStore()) };
  }

  async #readHistory(): Promise<Roots> {
    const step = this.tools.reporter.step('History');
    const roots = await this.#roots.read((text) => step.progress(text));
    const sum = (field: 'refs' | 'pointers') => roots.clones.reduce((all, clone) => all + clone[field], 0);
    step.done(`${count(sum('pointers'), 'version')} of pointers, ${count(sum('refs'), 'ref')} of remotes`);
    return roots;
  }

  async #readManifests(named: Manifests): Promise<ClaimsInStore> {
    const step = this.tools.reporter.step('Manifests');
    const claimed = new Map<ObjectId, WantedManifest>();
    const claims = await readClaims(this.tools, (id) => {
      this.#named.add(id);
      if (id.endsWith('.dir')) claimed.set(id, { required: false, where: 'the claim of a publish' });
    });
    await this.#manifests.keep(new Map([...claimed, ...named]), (done, of) =>
      step.progress(`${grouped(done)}/${grouped(of)} read`),
    );
    const ofClaims = claims.count === 0 ? '' : ` and ${count(claims.count, 'claim')}`;
    const files = count(this.#named.files.size, 'object');
    step.done(`${files} named by ${count(this.#manifests.count, 'manifest')}${ofClaims}`);
    return claims;
  }

  async #listStore(): Promise<Pick<Survey, 'unused' | 'kept'>> {
    const step = this.tools.reporter.step('Store');
    const candidates: StoredKey[] = [];
    const young = new Map<ObjectId, WantedManifest>();
    const kept = { named: NOTHING, young: NOTHING, 'not-understood': NOTHING };
    let seen = NOTHING;
    for await (const found of this.tools.cleaner.list('files/md5/')) {
      seen = plus(seen, found);
      if (seen.objects % 1000 === 0) step.progress(count(seen.objects, 'object'));
      const verdict = decide(found, this.#named, this.grace);
      if (verdict === 'delete') candidates.push(found);
      else kept[verdict] = plus(kept[verdict], found);
      const id = objectAt(found.key);
      if (verdict === 'young' && id?.endsWith('.dir'))
        young.set(id, { required: false, where: 'nobody yet; it was stored lately' });
    }
    // Whoever stored it lately may be about to push what names it, and counts on what it names.
    await this.#manifests.keep(young, (done, of) =>
      step.progress(`${grouped(done)}/${grouped(of)} manifests`),
    );
    const unused: StoredKey[] = [];
    for (const found of candidates) {
      if (decide(found, this.#named, this.grace) === 'delete') unused.push(found);
      else kept.named = plus(kept.named, found);
    }
    step.done(amount(seen));
    return { unused, kept };
  }
}
