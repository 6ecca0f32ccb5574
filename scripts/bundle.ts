import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { PACKAGE_ROOT } from '../src/config/package-root.js';

export const SOURCE = join(PACKAGE_ROOT, 'src');

/**
 * Packages that nearly every command loads. In our own files they take a third off a start: Node spends half a
 * millisecond on each file that it finds and reads, and these have more than 250, most of which no command needs.
 */
const INLINED = ['commander', 'execa', 'p-limit', 'picomatch', 'yaml', 'zod'];

/** Everything else is installed with the package. What an inlined package needs is inlined with it. */
const inlining: Plugin = {
  name: 'inlining',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point') return undefined;
      const [, name = path] = /^((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
      const isInlined = INLINED.includes(name) || importer.includes('node_modules');
      return isInlined && !isBuiltin(path) ? undefined : { path, external: true };
    });
  },
};

/** Packages written for `require` ask for Node's own modules with it. */
const REQUIRE = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

/**
 * Modules of src/ (`cli/main`) as JavaScript at the same paths below `directory`; what several need is a file of its own.
 * The packages that they import must be found from there. Answers the directories of the packages that are inlined.
 */
export async function bundle(paths: readonly string[], directory: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: paths.map((path) => join(SOURCE, `${path}.ts`)),
    outbase: SOURCE,
    outdir: directory,
    absWorkingDir: PACKAGE_ROOT,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    plugins: [inlining],
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'warning',
  });
  const packages = Object.keys(metafile.inputs).flatMap(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(packages)].sort();
}
