import { describe, expect, it } from 'vitest';
import { neighbourhood } from '../../src/quality/neighbourhood.js';
import { inspected, pairSet } from '../support/pair-sets.js';

describe('neighbourhood', () => {
  it('keeps what a new file can be compared with, and nothing else', () => {
    const set = pairSet([inspected('images', 'a.jpg')], {
      images: { 'a.jpg': 'same', 'twin.jpg': 'same', 'A.png': '1', 'far.jpg': '2' },
      masks: { 'a.png': '3', 'twin.png': '4', 'far.png': '5' },
    });
    const { images, masks } = neighbourhood(set).merged;
    expect(images.map(({ relpath }) => relpath).sort()).toEqual(['A.png', 'a.jpg', 'twin.jpg']);
    expect(masks.map(({ relpath }) => relpath).sort()).toEqual(['a.png', 'twin.png']);
  });

  it('finds the twin of an image whose mask alone is new', () => {
    const set = pairSet([inspected('masks', 'a.png')], {
      images: { 'a.jpg': 'same', 'twin.jpg': 'same' },
      masks: { 'twin.png': '4' },
    });
    expect(neighbourhood(set).merged.images).toHaveLength(2);
    expect(neighbourhood(set).merged.masks).toHaveLength(2);
  });
});
