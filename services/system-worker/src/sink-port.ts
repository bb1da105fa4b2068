import type { Log } from '@partitura/log';
import type { SinkMessage, SinkPort } from '@partitura/tasks/executors';
import { topicNames } from '@partitura/wire';
import { TopicPublisher } from './topic-publisher.ts';

const encoder = new TextEncoder();

/**
 * Where the messages of EVENT tasks go: those for event handlers into the installation's own topic, those for `kafka:`
 * topics to the brokers that hold the journal.
 */
export function sinkPort(options: {
  readonly log: Log;
  readonly namespace: string;
  /** Whether the log is a Kafka cluster, so that it has other people's topics. */
  readonly onKafka: boolean;
}): SinkPort {
  const publisher = new TopicPublisher(options.log);
  const { sinks } = topicNames(options.namespace);
  const own = `${options.namespace}.`;
  return {
    publish({ id, event, key, payload }: SinkMessage) {
      const headers = { 'message-id': encoder.encode(id), event: encoder.encode(event) };
      const record = { key: encoder.encode(key), value: payload.bytes, headers };
      if (!event.startsWith('kafka:')) return publisher.publish(sinks, record);
      const topic = event.slice('kafka:'.length);
      if (!options.onKafka) return refused(`there is no Kafka here to send ${event} to: the log is embedded`);
      if (topic.startsWith(own)) return refused(`the topic ${topic} belongs to this installation`);
      return publisher.publish(topic, record);
    },
  };
}

const refused = (why: string): Promise<never> => Promise.reject(new Error(why));
