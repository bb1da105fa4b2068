export { startKafka, sharedKafka } from './kafka/start-kafka.ts';
export type { ControlledNode, Kafka, KafkaOptions, SecuredAccess } from './kafka/kafka.ts';
export { startPostgres, sharedPostgres } from './postgres/start-postgres.ts';
export type { Postgres, PostgresOptions } from './postgres/postgres.ts';
export { createDatabase, templateDatabase, type DatabaseOptions, type TestDatabase } from './postgres/database.ts';
export {
  noSchemaRegistry,
  startSchemaRegistry,
  type SchemaRegistryOptions,
  type SchemaRegistryServer,
} from './registry/start-registry.ts';
export { openCable, type Cable } from './process/cable.ts';
export { pythonEnvironment } from './process/python.ts';
export { mavenProject } from './process/maven-project.ts';
