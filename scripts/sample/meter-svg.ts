import { seededRandom } from '../../src/seeded-random.pure.js';

export interface MeterDrawing {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly photo: string;
  /** White where the digits window is, black elsewhere. */
  readonly mask: string;
}

const DIGIT_WIDTH = 15;
const DIGIT_HEIGHT = 24;
const ROLLER = 26;
/** Strokes of 0 to 9 on a grid of 4 × 6; drawn, not set in type, so that no font decides what a test sees. */
const STROKES = [
  'M1 0H3L4 1V5L3 6H1L0 5V1Z',
  'M1 1L2 0V6M1 6H3',
  'M0 1L1 0H3L4 1V2L0 6H4',
  'M0 0H4L2 2.4Q4 2.6 4 4.3T2 6Q.6 6 0 5',
  'M3 6V0L0 4H4',
  'M4 0H0V2.6Q4 1.6 4 4.2T1.8 6Q.6 6 0 5.2',
  'M3.4 0Q0 1 0 4.2T2 6T4 4.2T2 2.6T0 4.2',
  'M0 0H4L1.4 6',
  'M2 2.8Q.3 2.6.3 1.3T2 0T3.7 1.3T2 2.8Q0 3 0 4.4T2 6T4 4.4T2 2.8Z',
  'M.6 6Q4 5 4 1.8T2 0T0 1.8T2 3.4T4 1.8',
];

/** A brass water meter on a wall, seen from the front and held slightly askew; `seed` decides everything. */
export function meterSvg(seed: number): MeterDrawing {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => low + (high - low) * random();
  const portrait = random() < 0.4;
  const [width, height] = portrait ? [360, 480] : [480, 360];
  const radius = between(120, 150);
  const rollers = radius > 140 ? 8 : 7;
  const window = { width: rollers * ROLLER + 8, height: 40, y: -radius * between(0.24, 0.34) };
  const frame = `translate(${width / 2 + between(-24, 24)} ${height / 2 + between(-20, 20)}) rotate(${between(-22, 22)}) scale(${between(0.85, 1.1)})`;
  const rectangle = `<rect x="${-window.width / 2}" y="${window.y}" width="${window.width}" height="${window.height}" rx="3"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`;
  const wall = Math.round(between(150, 185));
  const digits = Array.from({ length: rollers }, (_, i) => roller(i, rollers, window, random));
  return {
    width,
    height,
    photo: `${open}<defs><radialGradient id="b"><stop offset=".8" stop-color="#c9a24a"/><stop offset="1" stop-color="#b98f3d"/></radialGradient><linearGradient id="l" x2="1" y2="1"><stop stop-color="#fff" stop-opacity=".28"/><stop offset=".7" stop-color="#fff" stop-opacity="0"/></linearGradient></defs>
<rect width="100%" height="100%" fill="rgb(${wall},${wall + 4},${wall + 9})"/>${bricks(width, height, random)}
<g transform="${frame}"><rect x="${-radius * 1.9}" y="-34" width="${radius * 3.8}" height="68" rx="12" fill="#b6903f"/>
<circle r="${radius}" fill="url(#b)"/><circle r="${radius * 0.86}" fill="#eef3f7" stroke="#8d9aa5" stroke-width="2"/>
${dials(radius, random)}${rectangle} fill="#15171a"/>${digits.join('')}
<circle r="${radius * 0.86}" fill="url(#l)"/></g></svg>`,
    mask: `${open}<rect width="100%" height="100%" fill="#000"/><g transform="${frame}">${rectangle} fill="#fff"/></g></svg>`,
  };
}

function roller(
  index: number,
  count: number,
  window: { readonly width: number; readonly y: number },
  random: () => number,
): string {
  const x = -window.width / 2 + 4 + index * ROLLER;
  // The last three count litres and are red; a roller stands between two digits now and then.
  const fill = index >= count - 3 ? '#a3161b' : '#24272b';
  const digit = STROKES[Math.floor(random() * 10)] ?? '';
  const turned = random() < 0.2 ? 4 : 0;
  return `<rect x="${x + 1}" y="${window.y + 4}" width="${ROLLER - 2}" height="32" fill="${fill}"/><path transform="translate(${x + (ROLLER - DIGIT_WIDTH) / 2} ${window.y + (40 - DIGIT_HEIGHT) / 2 + turned}) scale(${DIGIT_WIDTH / 4} ${DIGIT_HEIGHT / 6})" d="${digit}" fill="none" stroke="#f3f1ea" stroke-width=".72" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function dials(radius: number, random: () => number): string {
  return [-0.42, 0, 0.42]
    .map((x, i) => {
      const turn = random() * 360;
      const [cx, cy] = [x * radius, radius * (i === 1 ? 0.52 : 0.4)];
      return `<g transform="translate(${cx} ${cy})"><circle r="${radius * 0.15}" fill="#dfe7ee" stroke="#7b8893" stroke-width="1.5"/><path transform="rotate(${turn})" d="M-2.5 0L0 ${-radius * 0.13}L2.5 0Z" fill="#c33"/></g>`;
    })
    .join('');
}

function bricks(width: number, height: number, random: () => number): string {
  const lines = [];
  for (let y = random() * 40; y < height; y += 46) {
    lines.push(`M0 ${y}H${width}`);
    for (let x = random() * 90; x < width; x += 92) lines.push(`M${x} ${y}v46`);
  }
  return `<path d="${lines.join('')}" stroke="#fff" stroke-opacity=".35" stroke-width="3" fill="none"/>`;
}
