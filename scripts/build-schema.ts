/** Writes the JSON Schemas that the package ships, from the zod schemas. Run it after changing one of those. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/json-schema.js';
import { metadataJsonSchema } from '../src/model/metadata.pure.js';

const directory = new URL('../schema/', import.meta.url);
mkdirSync(directory, { recursive: true });
for (const [name, schema] of [
  ['wms.config.schema.json', configJsonSchema()],
  ['model-metadata.schema.json', metadataJsonSchema()],
] as const) {
  writeFileSync(new URL(name, directory), `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`wrote schema/${name}`);
}
