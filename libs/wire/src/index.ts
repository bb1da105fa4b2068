export { Malformed } from './avro/malformed.ts';
export { type Codec } from './codec.ts';
export {
  createCommandCodec,
  type CommandCodec,
  type CommandCodecOptions,
  type CommandSource,
  type DecodedCommand,
  type EncodedCommand,
  type PublicCommand,
} from './command/command-codec.ts';
export { encodePublicCommand, publicCommandCodec } from './command/public-encoding.ts';
export { checkJson, splitJsonObject } from './json/check-json.ts';
export { limits } from './limits.ts';
export { murmur2, partitionOf, partitionOfKey } from './partition.ts';
export {
  deadLetterCodec,
  definitionCodec,
  definitionKey,
  journalCodec,
  recordKey,
  replyCodec,
  taskCodec,
  type DeadLetter,
} from './records.ts';
export {
  groupNames,
  isNamespace,
  taskTopicSpec,
  topicNames,
  topicSpecs,
  type GroupNames,
  type Queue,
  type TopicNames,
  type TopicOptions,
  type TopicPlan,
} from './topics.ts';
export { registerSchemas, type RegisteredSchemas, type RegistryOptions } from './registry/schema-registry.ts';
