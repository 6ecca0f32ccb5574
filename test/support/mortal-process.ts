export class Killed extends Error {}

/**
 * One process: what it is given works until call number `lives`, before which it is killed. `turn` comes before each
 * call, for others to get theirs.
 */
export function mortalProcess(lives: number, turn: () => Promise<void> = async () => undefined) {
  let left = lives;
  return <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          await turn();
          left -= 1;
          if (left <= 0) throw new Killed();
          return value.apply(target, args);
        };
      },
    });
}
