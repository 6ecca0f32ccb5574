/** What a sync came to; what `--json` prints. */
export interface SyncOutcome {
  readonly outcome: 'synced' | 'would-sync' | 'nothing-to-do';
  readonly remote: string;
  readonly branch: string;
  /** Where the remote's branch is. */
  readonly upstream: string;
  /** Where the local branch was, and where it is (or would be) now. */
  readonly from: string;
  readonly to: string;
  readonly commits: {
    /** Local commits whose changes the remote's branch has, or that held raw files only. */
    readonly dropped: number;
    /** Commits that the remote's branch does not have. */
    readonly kept: number;
    /** Signed commits were rewritten. */
    readonly signaturesLost: boolean;
  };
  /** Raw files that the branch no longer holds; their bytes are in the dataset. */
  readonly files: readonly string[];
  /** Of these: named otherwise in the dataset. */
  readonly namedOtherwise: readonly string[];
  /** Of these: the working tree holds other bytes or none, and so Git shows what is there. */
  readonly changedHere: readonly string[];
  /** Pairs in the dataset of the remote's branch; null when it was not read. */
  readonly pairs: number | null;
  /** Ref that keeps the branch as it was; null when nothing of it was left out. */
  readonly backup: string | null;
  /** The branch is checked out in this working tree. */
  readonly checkedOut: boolean;
  /** What is checked out instead holds the raw files still: switching to the branch takes them off the disk. */
  readonly stillInHead: boolean;
}
