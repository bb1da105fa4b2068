import type { CommittedPosition, TopicConfig } from '@partitura/log';
import { Fault } from '@partitura/model';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';
import { isSystemError, type FileSystem } from './file-system.ts';
import type { SegmentInfo } from './segment.ts';

/** What is settled, and where the commit log goes on. Replaced as a whole, by renaming. */
export interface Manifest {
  /** Number of the first file of the commit log that is not settled. */
  readonly commitFile: number;
  readonly topics: readonly ManifestTopic[];
  readonly groups: readonly (readonly [group: string, positions: readonly CommittedPosition[]])[];
}
export interface ManifestTopic {
  readonly id: number;
  readonly name: string;
  readonly config: TopicConfig;
  readonly partitions: readonly ManifestPartition[];
}
export interface ManifestPartition {
  readonly start: number;
  readonly settledEnd: number;
  readonly compactedBytes: number;
  readonly segments: readonly SegmentInfo[];
}

const title = 'partitura-log 1';
const manifestPath = (directory: string): string => join(directory, 'manifest.json');

export async function writeManifest(fs: FileSystem, directory: string, manifest: Manifest): Promise<void> {
  const body = Buffer.from(JSON.stringify(manifest));
  const head = Buffer.from(`${title} ${crc32c(body).toString(16).padStart(8, '0')}\n`);
  const draft = `${manifestPath(directory)}.next`;
  const file = await fs.open(draft, 'create');
  try {
    await file.write([head, body], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.rename(draft, manifestPath(directory));
  await fs.syncDirectory(directory);
}

/** Undefined where the log was never settled. */
export async function readManifest(fs: FileSystem, directory: string): Promise<Manifest | undefined> {
  const path = manifestPath(directory);
  let bytes: Buffer;
  try {
    const file = await fs.open(path, 'existing');
    try {
      bytes = Buffer.alloc(await file.size());
      await file.read(bytes, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
  const cut = bytes.indexOf(10) + 1;
  const body = bytes.subarray(cut);
  const [name, version, crc] = bytes.toString('utf8', 0, Math.max(cut - 1, 0)).split(' ');
  if (`${name ?? ''} ${version ?? ''}` !== title || crc !== crc32c(body).toString(16).padStart(8, '0')) {
    throw new Fault('UNREADABLE', `${path} is damaged or of an unknown format; restore the directory from a copy`, {
      retryable: false,
    });
  }
  return JSON.parse(body.toString('utf8')) as Manifest;
}
