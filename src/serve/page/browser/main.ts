import { type Answer, ask, maskOf } from './ask.js';
import { element, write } from './elements.js';
import { drawMask } from './overlay.js';
import { watchPhotos } from './photo-input.js';
import { scoreText, shareText, type Trouble, timeText, tooLarge } from './words.pure.js';

const MOST_TRIES = 6;

const page = element('try');
const view = element('view');
const layers = element('layers');
const picture = element<HTMLImageElement>('picture');
const opacity = element<HTMLInputElement>('opacity');
const save = element<HTMLAnchorElement>('save');
const again = element<HTMLButtonElement>('again');
/** Only there when there is something to choose. */
const variant = document.getElementById('variant') as HTMLSelectElement | null;
const maxMB = Number(page.dataset.maxMb);

let photo: File | null = null;
let running = new AbortController();

function take(file: File, count: number): void {
  photo = file;
  page.classList.add('has-photo');
  page.classList.remove('has-mask');
  replaceUrl(picture, 'src', file);
  view.classList.remove('no-picture');
  write('more', count > 1 ? `Of ${count} files the first was taken: ${file.name}` : '');
  void start();
}

/** Whatever is on its way for an earlier photo is given up. */
async function start(): Promise<void> {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  if (photo === null) return;
  const large = tooLarge(photo.size, maxMB);
  if (large !== null) return showTrouble(large);
  try {
    for (let tries = 1; ; tries++) {
      busy(true);
      const { answer, trouble } = await ask(photo, variant?.value ?? '', signal);
      if (answer !== null) return await showAnswer(answer, signal);
      showTrouble(trouble);
      if (trouble.retrySeconds === null || tries === MOST_TRIES) return;
      await countDown(trouble.retrySeconds, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function showAnswer(answer: Answer, signal: AbortSignal): Promise<void> {
  const mask = await maskOf(answer);
  await drawMask(mask, element('area'), element('outline'));
  signal.throwIfAborted();
  layers.style.aspectRatio = `${answer.width} / ${answer.height}`;
  replaceUrl(save, 'href', mask);
  save.download = `${(photo?.name ?? 'photo').replace(/\.[^.]*$/, '')}-mask.png`;
  write('coverage', shareText(answer.coverage));
  write('score', scoreText(answer.score));
  write('model', answer.model.variant);
  write('version', `version ${answer.model.version}`);
  write('time', timeText(answer.milliseconds));
  write('size', `${answer.width} × ${answer.height} pixels`);
  page.classList.add('has-mask');
  busy(false);
  const seen =
    answer.score === null
      ? 'sees no object in this photo'
      : `sees the object on ${shareText(answer.coverage)} of the photo`;
  write('status', `${answer.model.variant} ${seen}.`);
}

function showTrouble({ what, next, mayPass }: Trouble): void {
  busy(false);
  page.classList.remove('has-mask');
  write('status', '');
  write('what', what);
  write('next', next);
  write('wait', '');
  again.hidden = !mayPass;
  element('problem').hidden = false;
}

function busy(is: boolean): void {
  view.ariaBusy = String(is);
  element('problem').hidden = true;
  write('status', is ? 'The model is looking at it …' : '');
}

/** Resolves when the time is over or somebody does not want to wait. */
function countDown(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = seconds;
    const tell = () => write('wait', `Trying again in ${left} s.`);
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return tell();
      clearInterval(timer);
      resolve();
    }, 1000);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      reject(signal.reason);
    });
    tell();
  });
}

function replaceUrl<K extends 'src' | 'href'>(target: { [key in K]: string }, key: K, blob: Blob): void {
  if (target[key].startsWith('blob:')) URL.revokeObjectURL(target[key]);
  target[key] = URL.createObjectURL(blob);
}

function showOpacity(): void {
  view.style.setProperty('--opacity', String(opacity.valueAsNumber / 100));
  write('opacity-text', `${opacity.value} %`);
}

picture.addEventListener('load', () => {
  layers.style.aspectRatio = `${picture.naturalWidth} / ${picture.naturalHeight}`;
});
picture.addEventListener('error', () => view.classList.add('no-picture'));
opacity.addEventListener('input', showOpacity);
for (const id of ['show-both', 'show-mask'])
  element(id).addEventListener('change', () =>
    view.classList.toggle('alone', element<HTMLInputElement>('show-mask').checked),
  );
again.addEventListener('click', () => void start());
variant?.addEventListener('change', () => void start());
showOpacity();
watchPhotos(take);
