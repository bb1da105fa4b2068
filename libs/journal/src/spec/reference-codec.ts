import type { LogRecord, StoredRecord } from '@partitura/log';
import type { CommandEnvelope, DefinitionRecord, JournalRecord, Reply, TaskRecord } from '@partitura/model';
import type { DeadLetter, JournalCodec } from '../ports.ts';

/** Records as references: the bytes say which object is meant, and are as many as the object would need. */
export class ReferenceCodec implements JournalCodec {
  readonly #objects: unknown[] = [];

  /** What stands behind these bytes. */
  object<T>(value: Uint8Array | null): T {
    if (value === null || value.length < 4) throw new Error('these bytes mean nothing');
    const at = new DataView(value.buffer, value.byteOffset).getUint32(0);
    if (at >= this.#objects.length) throw new Error('these bytes mean nothing');
    return this.#objects[at] as T;
  }

  encodeEntry(record: JournalRecord): LogRecord {
    const carried = record.kind === 'decision' ? (record.carried?.bytes.length ?? 0) : 0;
    const body = record.kind === 'snapshot' ? record.body.length : 0;
    return this.#refer(record, 60 + carried + body);
  }
  decodeEntry(value: Uint8Array): JournalRecord {
    return this.object<JournalRecord>(value);
  }
  readCommand(record: StoredRecord): CommandEnvelope {
    return this.object<CommandEnvelope>(record.value);
  }
  rereadCommand(value: Uint8Array): CommandEnvelope {
    return this.object<CommandEnvelope>(value);
  }
  encodeCommand(envelope: CommandEnvelope): LogRecord {
    return this.#refer(envelope, 60);
  }
  encodeTask(task: TaskRecord): LogRecord {
    return this.#refer(task, 60);
  }
  encodeDefinition(definition: DefinitionRecord): LogRecord {
    return this.#refer(definition, 60);
  }
  encodeReply(reply: Reply): LogRecord {
    return this.#refer(reply, 60);
  }
  encodeDeadLetter(letter: DeadLetter): LogRecord {
    return this.#refer(letter, 60);
  }

  #refer(object: unknown, size: number): LogRecord {
    const value = new Uint8Array(size);
    new DataView(value.buffer).setUint32(0, this.#objects.push(object) - 1);
    return { key: null, value };
  }
}
