/** The part of picomatch that is used here; the package has no types of its own. */
declare module 'picomatch' {
  interface Options {
    /** `*` and `**` match names that begin with a dot, too. */
    readonly dot?: boolean;
    /** A `!` in front is a character like others. */
    readonly nonegate?: boolean;
  }
  export default function picomatch(glob: string, options?: Options): (path: string) => boolean;
}
