import { describeLog } from '@partitura/log/contract';
import type { Log } from '@partitura/log';
import { sharedKafka } from '@partitura/testing';
import { openKafkaLog } from '../index.ts';

describeLog('log on Kafka', async () => {
  const brokers = await sharedKafka();
  const opened: Log[] = [];
  const another = async (): Promise<Log> => {
    const log = await openKafkaLog({ brokers, heartbeatMs: 50 });
    opened.push(log);
    return log;
  };
  return {
    log: await another(),
    another,
    end: async () => {
      await Promise.all(opened.map((log) => log.close()));
    },
  };
});
