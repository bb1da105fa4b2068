export { openEmbeddedLog, type EmbeddedLogOptions } from './open.ts';
export type { FileSystem, OpenFile } from './file-system.ts';
