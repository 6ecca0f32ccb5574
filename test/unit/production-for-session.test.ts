import { expect, it } from 'vitest';
import { productionForSession } from '../../src/cloud/deploy/production-model.js';
import { objectKey } from '../../src/ports/object-store.js';
import { UNTOLD } from '../../src/ports/registry.js';
import { MemoryRegistry } from '../support/memory-registry.js';
import { MemoryStore } from '../support/memory-store.js';
import { md5Of } from '../support/promoted-models.js';

it('Production of any registry becomes objects that the session names', async () => {
  const [registry, store] = [new MemoryRegistry(), new MemoryStore()];
  const counted: string[] = [];
  const tools = { registry, store, countOn: async (ids: readonly string[]) => void counted.push(...ids) };
  expect(await productionForSession(tools)).toBeNull();
  expect(store.calls).toEqual([]);

  const model = Buffer.from('a model');
  const { version } = await registry.register({ model, facts: '{}' }, UNTOLD);
  const promotion = { version, expected: null, who: 'ana', reason: 'first', at: '2026-11-27T10:15:00Z' };
  await registry.promote({ ...promotion, files: new Map() });
  const [modelId, factsId] = [md5Of(model), md5Of(Buffer.from('{}'))];
  expect(await productionForSession(tools)).toEqual({
    version,
    files: [
      { name: 'model.onnx', key: objectKey(modelId), md5: modelId },
      { name: 'model.json', key: objectKey(factsId), md5: factsId },
    ],
  });
  expect(counted).toEqual([modelId, factsId]);
  expect(store.objects.get(modelId)?.equals(model)).toBe(true);

  await productionForSession(tools);
  expect(store.count('put'), 'what is there is not sent again').toBe(2);
});
