/** A change with the journal partition it comes from: one statement writes rows of several partitions. */
export interface Placed<C> {
  readonly partition: number;
  readonly change: C;
}
