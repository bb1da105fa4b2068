import { NotDurable, type FileSystem, type OpenFile } from './file-system.ts';

type Listener = (message: string, cause: unknown) => void;

/**
 * After a failed fsync nobody knows what is durable: the system may have dropped the pages and call the next fsync a
 * success. So any failed one, of whatever file, is told to the listener, which must end the process.
 */
export class FsyncGuard {
  readonly fs: FileSystem;
  /** Nobody listens while the log is opened: opening then fails, which is as good. */
  listener: Listener | undefined;

  constructor(fs: FileSystem) {
    this.fs = {
      makeDirectory: (path) => fs.makeDirectory(path),
      list: (directory) => fs.list(directory),
      syncDirectory: (path) => this.#watch(path, fs.syncDirectory(path)),
      open: async (path, mode, options) => {
        const file = await fs.open(path, mode, options);
        return this.#guarded(path, file, options?.durable === true);
      },
      rename: (from, to) => fs.rename(from, to),
      remove: (path) => fs.remove(path),
      link: (existing, name) => fs.link(existing, name),
    };
  }

  #guarded(path: string, file: OpenFile, durable: boolean): OpenFile {
    return {
      write: (buffers, position) => {
        const write = file.write(buffers, position);
        return durable ? this.#watch(path, write, (error) => error instanceof NotDurable) : write;
      },
      read: (into, position) => file.read(into, position),
      size: () => file.size(),
      truncate: (length) => file.truncate(length),
      sync: () => this.#watch(path, file.sync()),
      close: () => file.close(),
    };
  }

  async #watch(path: string, sync: Promise<void>, isLoss: (error: unknown) => boolean = () => true): Promise<void> {
    try {
      await sync;
    } catch (error) {
      if (isLoss(error)) this.listener?.(`fsync of ${path} failed`, error);
      throw error;
    }
  }
}
