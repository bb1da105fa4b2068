interface Corkable {
  cork(): void;
  uncork(): void;
}

/** Everything that is written to the stream within this turn leaves in one piece: a write to a socket is a system call. */
export function writeTogether(stream: Corkable): void {
  stream.cork();
  queueMicrotask(() => stream.uncork());
}
