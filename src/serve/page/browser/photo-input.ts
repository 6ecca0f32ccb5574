import { element } from './elements.js';

/** Calls `take` with each photo that is chosen, taken, dropped or pasted, and with how many came at once. */
export function watchPhotos(take: (photo: File, count: number) => void): void {
  const first = (files: FileList | null | undefined): boolean => {
    const photo = files?.[0];
    if (files === null || files === undefined || photo === undefined) return false;
    take(photo, files.length);
    return true;
  };
  for (const id of ['file', 'camera']) {
    const input = element<HTMLInputElement>(id);
    input.addEventListener('change', () => {
      first(input.files);
      // So that the same photo can be chosen again.
      input.value = '';
    });
  }
  document.addEventListener('paste', (event) => first(event.clipboardData?.files));
  watchDrops(first);
}

function watchDrops(first: (files: FileList | undefined) => boolean): void {
  let depth = 0;
  const mark = () => document.body.classList.toggle('dragging', depth > 0);
  document.addEventListener('dragenter', () => {
    depth += 1;
    mark();
  });
  document.addEventListener('dragleave', () => {
    depth -= 1;
    mark();
  });
  // Anywhere: a photo that misses the field would replace the page.
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    mark();
    first(event.dataTransfer?.files);
  });
}
