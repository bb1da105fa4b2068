// @ts-check
/**
 * The files of an empty database. Making them takes seconds of CPU and hundreds of MiB, so it is done once per version of
 * PGlite, in a thread that ends afterwards; every new directory gets a copy. Also the file of that thread.
 */
import { PGlite } from '@electric-sql/pglite';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const cache = fileURLToPath(new URL('../.cache', import.meta.url));

/**
 * Sees to it that there is a database in the directory. An interrupted attempt leaves nothing that counts as one.
 *
 * @param {string} directory
 */
export async function prepareCluster(directory) {
  if (await exists(join(directory, 'PG_VERSION'))) return;
  const template = join(cache, `cluster-${await version()}`);
  const parts = `${directory}.new`;
  await rm(parts, { recursive: true, force: true });
  await mkdir(dirname(parts), { recursive: true });
  if (await exists(template)) {
    await cp(template, parts, { recursive: true });
  } else {
    await makeCluster(parts);
    await keepAs(template, parts);
  }
  await rm(directory, { recursive: true, force: true });
  await rename(parts, directory);
}

/** @param {string} path */
function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function version() {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  return /** @type {{ version: string }} */ (JSON.parse(await readFile(manifest, 'utf8'))).version;
}

/** @param {string} directory */
function makeCluster(directory) {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { makeIn: directory } });
    thread.once('error', reject);
    thread.once('exit', resolve);
  });
}

/**
 * Best effort: where the package may not be written to, the next new directory costs the same again; and of two processes
 * that make one at the same time, the first wins.
 *
 * @param {string} template
 * @param {string} cluster
 */
async function keepAs(template, cluster) {
  const copy = `${template}.${process.pid}`;
  try {
    await mkdir(cache, { recursive: true });
    await cp(cluster, copy, { recursive: true });
    await rename(copy, template);
  } catch {
    await rm(copy, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** @type {unknown} */
const asked = isMainThread ? undefined : workerData?.makeIn;
if (typeof asked === 'string') {
  const database = await PGlite.create({ dataDir: asked });
  await database.close();
}
