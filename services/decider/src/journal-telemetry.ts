import type { Clock } from '@partitura/log';
import { alarmAdvice, type Alarm, type JournalObserver, type Phase } from '@partitura/journal';
import { rationed, type Logger, type Metrics } from '@partitura/telemetry';

/** Outsiders can cause these as often as they like; each is a dead letter that can be looked at. */
const byOutsiders: ReadonlySet<Alarm['code']> = new Set(['DEAD_LETTER']);
const linesOfOutsiders = { lines: 20, perMs: 10_000 };

/** Turns what the partition runtime sees into log lines and metrics. */
export function observeJournal(logger: Logger, metrics: Metrics, clock: Pick<Clock, 'monotonic'>): JournalObserver {
  const entries = metrics.counter('journal_entries_total', 'Entries admitted to the journal');
  const bytes = metrics.counter('journal_bytes_total', 'Bytes admitted to the journal');
  const batches = metrics.histogram(
    'journal_batch_entries',
    'Entries per append',
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
  );
  const acks = metrics.histogram(
    'journal_ack_ms',
    'Milliseconds from append to acknowledgement',
    [0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, 250, 1000],
  );
  const skipped = metrics.counter(
    'journal_skipped_total',
    'Journal records that counted for nothing: zombies and second copies',
  );
  const late = metrics.histogram(
    'timer_late_ms',
    'Milliseconds by which due aggregates were woken late',
    [1, 5, 10, 25, 50, 100, 250, 1000, 5000],
  );
  const woken = metrics.counter('timers_total', 'Aggregates woken because something was due');
  const checkpoints = metrics.counter('checkpoints_total', 'Checkpoints written');
  const notAccepted = metrics.counter(
    'commands_not_accepted_total',
    'Commands that were not simply accepted, by what became of them',
    ['outcome'],
  );
  const alarms = metrics.counter('alarms_total', 'Alarms raised by partitions', ['code']);
  const say = (fields: object, message: string): void => logger.error(fields, message);
  const saySome = rationed(say, { ...linesOfOutsiders, monotonic: () => clock.monotonic() });
  return {
    alarm({ partition, code, message, cause }: Alarm) {
      alarms.add(1, { code });
      const fields = { partition, code, advice: alarmAdvice[code], ...(cause === undefined ? {} : { error: cause }) };
      (byOutsiders.has(code) ? saySome : say)(fields, message);
    },
    phase(partition: number, phase: Phase) {
      logger.info({ partition, phase }, 'partition');
    },
    committed(_partition, count, size, ackMs) {
      entries.add(count);
      bytes.add(size);
      batches.observe(count);
      acks.observe(ackMs);
    },
    skipped(partition, records) {
      skipped.add(records);
      logger.warn(
        { partition, records },
        'records of the journal counted for nothing: a former owner wrote them, or they are second copies',
      );
    },
    restored(partition, records, size, tookMs) {
      logger.info({ partition, records, bytes: size, tookMs: Math.round(tookMs) }, 'restored');
    },
    woke(_partition, aggregates, latestMs) {
      woken.add(aggregates);
      late.observe(latestMs);
    },
    notAccepted(_partition, outcome) {
      notAccepted.add(1, { outcome });
    },
    trimmed(partition, offset) {
      logger.info(
        { partition, offset },
        'the journal was trimmed: what was before this offset is in the archive alone',
      );
    },
    checkpointed(partition, offset, carriedBytes) {
      checkpoints.add(1);
      logger.debug({ partition, offset, carriedBytes }, 'checkpoint');
    },
  };
}
