import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../process/ports.ts';
import { run } from '../process/run.ts';
import type { SecuredAccess } from './kafka.ts';
import type { SecuredListener } from './properties.ts';

/** Makes keys and certificates for 127.0.0.1 and for a client, and a password; the one tool comes with Java. */
export async function makeSecuredListener(
  directory: string,
): Promise<{ readonly listener: SecuredListener; readonly access: SecuredAccess }> {
  const [port = 0, unencryptedPort = 0, mutualPort = 0] = await freePorts(3);
  const [keystorePassword, password] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
  const keystore = join(directory, `keys-${port}.p12`);
  const certificate = join(directory, `ca-${port}.pem`);
  const client = { certificate: join(directory, `client-${port}.pem`), key: join(directory, `client-${port}.key`) };
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', keystorePassword, '-alias', 'kafka'];
  await run('keytool', [
    ...['-genkeypair', ...store, '-keyalg', 'EC', '-validity', '2', '-dname', 'CN=localhost'],
    ...['-ext', 'SAN=ip:127.0.0.1,dns:localhost'],
  ]);
  await run('keytool', ['-exportcert', '-rfc', ...store, '-file', certificate]);
  if (!existsSync(certificate)) throw new Error('keytool wrote no certificate');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=partitura', '-keyout', client.key, '-out', client.certificate],
  ]);
  const broker = (at: number): string => `127.0.0.1:${at}`;
  const [username, guest] = ['partitura', 'guest'];
  return {
    listener: {
      port,
      unencryptedPort,
      mutualPort,
      keystore,
      keystorePassword,
      trusted: client.certificate,
      username,
      guest,
      password,
    },
    access: {
      broker: broker(port),
      unencryptedBroker: broker(unencryptedPort),
      mutualBroker: broker(mutualPort),
      ca: readFileSync(certificate, 'utf8'),
      certificate: readFileSync(client.certificate, 'utf8'),
      key: readFileSync(client.key, 'utf8'),
      username,
      guest,
      password,
    },
  };
}
