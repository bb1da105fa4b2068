/** One process of a cluster in which every node is broker and controller. All listen on 127.0.0.1. */
export interface KafkaNode {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
}

/** Listeners with TLS, passwords and client certificates beside the plain one. */
export interface SecuredListener {
  /** TLS and a password. */
  readonly port: number;
  /** A password alone. */
  readonly unencryptedPort: number;
  /** TLS and a client certificate. */
  readonly mutualPort: number;
  /** PKCS12 file with the key. */
  readonly keystore: string;
  readonly keystorePassword: string;
  /** PEM file of the clients' certificate. */
  readonly trusted: string;
  readonly username: string;
  /** Name of a user with no rights but those that a topic gives. */
  readonly guest: string;
  readonly password: string;
}

/** The settings of one node: small, quick to start, quick to notice the dead. */
export function serverProperties(
  node: KafkaNode,
  nodes: readonly KafkaNode[],
  dataDirectory: string,
  secured?: SecuredListener,
): string {
  const listen = (port: number): string => `://127.0.0.1:${port}`;
  const clients = [
    `PLAINTEXT${listen(node.port)}`,
    ...(secured === undefined
      ? []
      : [
          `SECURED${listen(secured.port)}`,
          `UNENCRYPTED${listen(secured.unencryptedPort)}`,
          `MUTUAL${listen(secured.mutualPort)}`,
        ]),
  ];
  const replicas = Math.min(3, nodes.length);
  const minInSync = Math.max(1, replicas - 1);
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes.map((n) => `${n.id}@127.0.0.1:${n.controllerPort}`).join(','),
    listeners: [...clients, `CONTROLLER${listen(node.controllerPort)}`].join(','),
    'advertised.listeners': clients.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL,UNENCRYPTED:SASL_PLAINTEXT,MUTUAL:SSL',
    ...(secured === undefined ? {} : securedProperties(secured)),
    'log.dirs': dataDirectory,
    'default.replication.factor': replicas,
    'min.insync.replicas': minInSync,
    ...clusterProperties(replicas, minInSync),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function securedProperties(secured: SecuredListener): Readonly<Record<string, string>> {
  const { keystore, keystorePassword, trusted } = secured;
  return {
    // Topics that have rules keep to them; whoever comes without a password, and the user, may do everything.
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:ANONYMOUS;User:${secured.username}`,
    'allow.everyone.if.no.acl.found': 'true',
    ...passwordProperties('secured', secured),
    ...passwordProperties('unencrypted', secured),
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': keystore,
    'ssl.keystore.password': keystorePassword,
    'listener.name.mutual.ssl.client.auth': 'required',
    'listener.name.mutual.ssl.truststore.type': 'PEM',
    'listener.name.mutual.ssl.truststore.location': trusted,
  };
}

function passwordProperties(
  listener: string,
  { username, password, guest }: SecuredListener,
): Readonly<Record<string, string>> {
  const security = 'org.apache.kafka.common.security';
  const scram = `${security}.scram.ScramLoginModule required;`;
  const plain = `${security}.plain.PlainLoginModule required user_${username}="${password}" user_${guest}="${password}";`;
  return {
    [`listener.name.${listener}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`listener.name.${listener}.plain.sasl.jaas.config`]: plain,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: scram,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: scram,
  };
}

/** What formatting a node must add so that its users can prove themselves without sending the password. */
export function scramCredentials({ username, password }: SecuredListener): readonly string[] {
  return ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${username},password=${password}]`,
  ]);
}

/** What does not depend on where the nodes are. Internal topics default to three replicas and would never be made on one node. */
export function clusterProperties(
  replicas: number,
  minInSync: number,
): Readonly<Record<string, string | number | boolean>> {
  return {
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minInSync,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minInSync,
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 2_000,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'log.cleaner.backoff.ms': 500,
    'log.segment.bytes': 67_108_864,
    'message.max.bytes': 12_582_912,
    'num.network.threads': 2,
    'num.io.threads': 4,
  };
}
