import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../process/ports.ts';
import { run } from '../process/run.ts';
import type { SecuredAccess } from './kafka.ts';
import type { SecuredListener } from './properties.ts';

/** Makes a key, a certificate for 127.0.0.1 and a password; the tool comes with Java. */
export async function makeSecuredListener(
  directory: string,
): Promise<{ readonly listener: SecuredListener; readonly access: SecuredAccess }> {
  const [port = 0] = await freePorts(1);
  const [keystorePassword, password] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
  const keystore = join(directory, `keys-${port}.p12`);
  const certificate = join(directory, `ca-${port}.pem`);
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', keystorePassword, '-alias', 'kafka'];
  await run('keytool', [
    ...['-genkeypair', ...store, '-keyalg', 'EC', '-validity', '2', '-dname', 'CN=localhost'],
    ...['-ext', 'SAN=ip:127.0.0.1,dns:localhost'],
  ]);
  await run('keytool', ['-exportcert', '-rfc', ...store, '-file', certificate]);
  if (!existsSync(certificate)) throw new Error('keytool wrote no certificate');
  const username = 'partitura';
  return {
    listener: { port, keystore, keystorePassword, username, password },
    access: { broker: `127.0.0.1:${port}`, ca: readFileSync(certificate, 'utf8'), username, password },
  };
}
