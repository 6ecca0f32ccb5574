/**
 * Shell words in front of a command. In its process group waits a guard that reads from descriptor 3; when the process
 * that holds the other end is gone, it ends the group: first politely, after the grace by force.
 */
export function withGuard(command: string, args: readonly string[], grace: number): [string, string[]] {
  const guard = `${MARK}=1; trap "" TERM INT HUP; read -r _; kill -TERM 0; sleep ${grace / 1000}; kill -KILL 0`;
  return [
    '/bin/sh',
    ['-c', `(${guard}) <&3 >/dev/null 2>&1 3<&- & exec 3<&-; exec "$@"`, 'sh', command, ...args],
  ];
}

const MARK = 'WMS_GUARD';

export function isGuard(commandLine: string): boolean {
  return commandLine.includes(`${MARK}=1; trap`);
}
