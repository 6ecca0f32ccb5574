/** `data/YYYYMMDD-HHMMSS`, in UTC. */
export function dataBranchName(when: Date): string {
  const digits = when.toISOString().replace(/[-:T]/g, '');
  return `data/${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}
