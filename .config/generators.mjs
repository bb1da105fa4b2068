/** Programs that write checked-in files; each knows `--check`, which fails when its files are stale. */
export const generators = [];
