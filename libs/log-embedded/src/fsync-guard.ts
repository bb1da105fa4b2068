import type { FileSystem, OpenFile } from './file-system.ts';

/**
 * After a failed fsync nobody knows what is durable: the system may have dropped the pages and call the next fsync a
 * success. So any failed one, of whatever file, is told to `onFailure`, which must end the process.
 */
export function guardFsync(fs: FileSystem, onFailure: (message: string, cause: unknown) => void): FileSystem {
  const guarded = async (path: string, sync: () => Promise<void>): Promise<void> => {
    try {
      await sync();
    } catch (error) {
      onFailure(`fsync of ${path} failed`, error);
      throw error;
    }
  };
  return {
    makeDirectory: (path) => guarded(path, () => fs.makeDirectory(path)),
    list: (directory) => fs.list(directory),
    syncDirectory: (path) => guarded(path, () => fs.syncDirectory(path)),
    open: async (path, mode) => guardedFile(await fs.open(path, mode), (sync) => guarded(path, sync)),
    rename: (from, to) => fs.rename(from, to),
    remove: (path) => fs.remove(path),
    link: (existing, name) => fs.link(existing, name),
  };
}

function guardedFile(file: OpenFile, guarded: (sync: () => Promise<void>) => Promise<void>): OpenFile {
  return {
    write: (buffers, position) => file.write(buffers, position),
    read: (into, position) => file.read(into, position),
    size: () => file.size(),
    truncate: (length) => file.truncate(length),
    sync: () => guarded(() => file.sync()),
    close: () => file.close(),
  };
}
