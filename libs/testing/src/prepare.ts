/**
 * Before the tests that need a broker and a database: finds out how they will get them, downloads what is missing, and
 * fails with the reason when there is no way.
 */
import { prepareKafka } from './kafka/start-kafka.ts';
import { preparePostgres } from './postgres/start-postgres.ts';

const progress = (message: string): void => {
  console.log(message);
};

try {
  await prepareKafka(progress);
  await preparePostgres(progress);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
