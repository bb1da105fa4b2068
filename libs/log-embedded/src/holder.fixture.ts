/** A process that opens the log in the directory it is given, appends what it is told on standard input, and says so. */
import { createInterface } from 'node:readline';
import { configOf } from './topic-config.fixture.ts';
import { openEmbeddedLog } from './open.ts';

const [directory = ''] = process.argv.slice(2);
try {
  const log = await openEmbeddedLog({ directory });
  await log.createTopics([{ topic: 't', partitions: 1, config: configOf() }]);
  console.log('open');
  for await (const line of createInterface(process.stdin)) {
    const { baseOffset } = await log.append('t', 0, [{ key: null, value: Buffer.from(line) }]);
    console.log(baseOffset);
  }
  await log.close();
  console.log('closed');
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code?: unknown }).code, message: String(error) }));
  process.exitCode = 1;
}
