import type { CommandRunner } from '../../ports/command-runner.js';
import { Exchange } from './exchange.js';
import type { RemotePlace } from './place.js';

/**
 * Starts commands on another machine that listens at a port of this one (templates/machine/train.py). They find the files
 * of the tree and their directory at the same paths as here.
 */
export function openRemoteCommands(place: RemotePlace): CommandRunner {
  return {
    elsewhere: place.name,
    start(command) {
      const { directory } = command;
      if (directory === undefined) throw new Error('nothing of it would come back');
      const exchange = new Exchange(place, { ...command, directory });
      return {
        ended: exchange.run(),
        stop: (signal) => exchange.stop(signal),
        processes: () => exchange.processes(),
      };
    },
  };
}
